"""The copy for reference (備查複製本): what was viewed or handed over, kept apart, reviewed, and destroyed in time."""
