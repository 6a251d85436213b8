"""The door of insiders: staff and those who act for a child ask with the regulation's form, to look and never copy."""
