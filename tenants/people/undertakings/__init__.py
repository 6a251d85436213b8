"""保密切結 of whoever has to do with footage, at their designation and when they leave (KH-5-2, TY-4-2)."""
