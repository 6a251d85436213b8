"""不當使用或洩密 on pages of the institution (KH-5-1c, TY-4-1b)."""
