"""開放時間: when a school's sites are open, as it enters and reads it (DR-16)."""
