"""設置評估: where cameras are and why, what of privacy is noted, and who looked at a washroom's entrance (KH-3-1)."""
