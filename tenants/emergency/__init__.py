"""緊急存取: what two people of the bureau open for a few hours at an institution, which is told (ADR 0060)."""
