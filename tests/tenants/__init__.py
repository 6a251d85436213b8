"""The domain, without HTTP or a queue."""
