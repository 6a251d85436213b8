"""開放時間: the bureau's calendar, a site's own hours and days, and what of a civil day a site is open (DR-16)."""
