"""The pages of applicants, as somebody without an account uses them."""
