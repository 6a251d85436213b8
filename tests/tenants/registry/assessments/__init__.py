"""Assessments of zones, and what hangs on them (KH-3-1 to KH-3-6)."""
