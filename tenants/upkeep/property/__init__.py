"""財產: the ledger of the equipment, its custodians, where a device comes from, and its end (KH-8-2, TY-6-2, DR-35)."""
