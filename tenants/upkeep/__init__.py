"""Keeping the equipment fit: what a school finds of each camera's functions, and calibrates (KH 點三, 點八)."""
