"""The ledger of equipment (KH-8-2, TY-6-2, TY-6-3, DR-35)."""
