"""A fault from its finding to the second look, and why seconds are missing (KH-8-1d, TY-3-3a, KH-5-3b)."""
