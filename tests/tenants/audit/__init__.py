"""The chain of acts."""
