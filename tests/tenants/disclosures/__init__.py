"""Requests by official document."""
