"""Footage that the camera kept on its own card while the box recorded nothing, fetched afterwards (ADR 0045)."""
