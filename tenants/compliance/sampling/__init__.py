"""An auditor's sample of requests: drawn by a seed that nobody chose, opened before the eyes of the school (DR-37)."""
