"""不當使用或洩密: what is found out, what was done about it, and what came of it (KH-5-1c, TY-4-1b)."""
