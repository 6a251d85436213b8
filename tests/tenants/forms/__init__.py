"""The regulations' forms as they come out of the printer."""
