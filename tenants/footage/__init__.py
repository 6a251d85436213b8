"""Segments, coverage and gaps, wrapped keys: metadata, never pixels."""
