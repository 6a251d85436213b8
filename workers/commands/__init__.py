"""Commands for operators. Each prints what it did in sentences and ends with 1 when something is wrong."""
