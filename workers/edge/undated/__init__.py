"""Footage of a boot whose time nobody knows: kept sealed and unsent, and dated over the monotonic clock (ADR 0046)."""
