"""Measurements at a city's size. Run by hand (`make bench-…`), never collected as tests."""
