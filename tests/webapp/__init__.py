"""The web process: its shell and each area of pages."""
