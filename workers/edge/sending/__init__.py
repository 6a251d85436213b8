"""What is sent when, in which order and how fast: the server's rules, and what overrides them."""
