"""A seeded run of some hundred faults against a whole recorder, and the account of every second afterwards."""
