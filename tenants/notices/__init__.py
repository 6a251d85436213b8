"""What tells people of their duties: due lists, the morning's digest, mails at once, escalation, calendar (DR-31)."""
