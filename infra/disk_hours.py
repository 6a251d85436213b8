"""For how many hours a recorder's disk must last, and how such a length is said: by the box, and by the school's page.

A line may be away for a week (DR-34); with less than two days left somebody must act.
"""

ALARM_HOURS = 48
PLANNED_HOURS = 7 * 24


def in_words(hours: float) -> str:
    """`7.0 天`, and in hours where it is so little that somebody must act: `40 小時`."""
    return f"{hours / 24:.1f} 天" if hours >= ALARM_HOURS else f"{int(hours)} 小時"
