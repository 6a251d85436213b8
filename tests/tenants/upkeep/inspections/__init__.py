"""Inspections: when, what, and by whom."""
