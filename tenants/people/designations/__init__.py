"""Who is designated to manage, operate and maintain the system, from which day on (KH-4-1, KH-4-2, TY-3-1a)."""
