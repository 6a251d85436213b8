"""How the recorder gets onto a machine of a school: what is in its package, its unit, its installation."""
