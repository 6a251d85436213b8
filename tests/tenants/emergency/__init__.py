"""An emergency access, by two people and with the institution told."""
