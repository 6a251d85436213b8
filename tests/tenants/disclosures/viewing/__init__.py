"""Accompanied viewing sessions."""
