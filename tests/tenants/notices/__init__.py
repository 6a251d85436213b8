"""What tells people of their duties: by role, once a day, at once only where the law says so."""
