"""A preschool's desk beside the scene, since the book holds lines of either door."""

from tests.tenants.disclosures.insider.conftest import preschool

__all__ = ["preschool"]
