"""Many institutions by one table."""
