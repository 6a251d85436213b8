"""The bureau's pages."""
