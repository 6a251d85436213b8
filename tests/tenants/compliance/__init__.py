"""Facts and the bureau's view over them."""
