"""What a support person would ask of a box, looked at on the spot: each answer with a sentence that says what to do."""
