"""專案小組: convening it, what happens at its meeting, and the seats of those who have an account."""
