"""What is sent when, in which order and how fast."""
