"""Facts per institution and day, and the bureau's view over them."""
