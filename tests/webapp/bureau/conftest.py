"""The school's desk, for what the bureau does to a school."""

from tests.webapp.school.conftest import desk

__all__ = ["desk"]
