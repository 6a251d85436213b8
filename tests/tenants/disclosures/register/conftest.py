"""A preschool's desk beside the scene, since the book holds lines of either door."""

import pytest

from tenants.permissions import Role
from tests.tenants.disclosures.conftest import Scene, member
from tests.tenants.disclosures.insider.conftest import Desk


@pytest.fixture
def preschool(scene: Scene) -> Desk:
    """Where a panel decides."""
    return Desk(scene, member(scene.school, Role.OFFICE_HEAD, "周主任"))
