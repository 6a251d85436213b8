"""The outside world, one module each. Knows nothing about schools, and imports none of the other packages."""
