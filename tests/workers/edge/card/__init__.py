"""Fetching from a camera's own card."""
