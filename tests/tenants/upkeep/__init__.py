"""Upkeep: what a finding says, and when something is due."""
