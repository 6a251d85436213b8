"""Sign-in, sessions and one's own account."""
