"""How full the store is and will be: what lies there, what the days kept make of it, and the room that was bought."""
