"""What an installer may ask of a box, one module a subject. Each offers `add_to`, which names its commands."""
