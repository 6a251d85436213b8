"""專案小組: who sits on it, what they declare, sign and say, and what it resolves (KH-6-2h, KH-6-P)."""
