"""The yearly look through the accounts, and what tells of one that several share (KH-5-2, DR-15)."""
