"""Letting somebody set the password of their own account by a link to the address on file, so that nobody types it."""
