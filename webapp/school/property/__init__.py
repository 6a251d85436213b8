"""財產: the ledger of a school's equipment, as it enters and reads it (KH-8-2, TY-6-2)."""
