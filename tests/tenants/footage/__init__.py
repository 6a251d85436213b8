"""Footage: spans and gaps, keys, what a device may claim, and what the store says of it."""
