"""Faults: one for one failure, two persons to end it, and a reason for every gap."""
