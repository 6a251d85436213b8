"""Scans of what was written on paper while the system could not be used: applications and lines of the register."""
