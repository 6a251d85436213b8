"""Opening hours: what may be typed, what holds on a day, and who enters it when (DR-16)."""
