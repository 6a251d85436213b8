"""What people read on the bureau's pages and a school's, beside what the oracle says; each difference is a line."""
