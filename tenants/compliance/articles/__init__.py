"""One rule an article: what it asks, how strongly, and what a day's facts say of it (DR-30, infra/decisions/0047)."""
