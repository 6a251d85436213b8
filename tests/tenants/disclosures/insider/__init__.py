"""The insiders' door."""
