"""What the bureau weighs and aims at, by version, and the scores that follow of a day's findings (ADR 0057)."""
