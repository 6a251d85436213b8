"""緊急保全: a window kept at once on a call or at the door, which shows nothing to anybody and lapses (DR-02)."""
