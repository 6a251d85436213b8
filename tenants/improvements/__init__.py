"""What an auditor asks an institution to put right, by when, and what it answered (journey U1, 0066)."""
