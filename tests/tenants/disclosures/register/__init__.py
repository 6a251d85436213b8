"""The book of who looked, and how long it and the forms are kept."""
