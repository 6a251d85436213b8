"""The applicant without an account: an address proved by a code, what is typed until it is sent, one's own cases."""
