"""The compliance of a whole city: its roll-up, its front pages, and fifty officers at once."""
