"""What the box knows of time: what servers and cameras showed, and what it makes of that."""
