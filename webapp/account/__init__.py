"""A person's own pages: sign-in, profile, password, and the way to each place where they hold a role."""
