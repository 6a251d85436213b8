"""An open emergency access, tried at every door there is: what it opens is its scope, to read, at one institution."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import text

from infra.db import db
from infra.tenancy import Binding, bind
from tenants.audit import queries as audit
from tenants.emergency.models import Scope
from tenants.emergency.rules import LENT
from tests.factories import emergencies
from tests.isolation import test_routes as routes
from tests.isolation.conftest import City
from tests.isolation.test_routes import Door
from webapp.access import Place

pytestmark = pytest.mark.req("DR-08", "DR-09", "DR-15", "KH-1-3")

apps, doors = routes.apps, routes.doors


@pytest.fixture(params=list(Scope), ids=str)
def opened(city: City, request: pytest.FixtureRequest) -> Iterator[tuple[UUID, Scope]]:
    """An access of the operator to `theirs`, to which the auditor agreed; gone afterwards."""
    _officer, operator, auditor = city.bureau_people
    with city.superuser() as connection:
        connection.execute(text("update emergency_accesses set state = 'lapsed' where state = 'requested'"))
        connection.commit()
    with city.app.app_context():
        bind(db.session, Binding(tenant_id=city.theirs.tenant_id))
        made = emergencies.access(
            city.theirs.tenant_id, requested_by=operator, scope=request.param, approved_by=auditor
        )
        db.session.commit()
    yield made, request.param
    _end(city, made)


def _end(city: City, access_id: UUID) -> None:
    with city.superuser() as connection:
        ended = (
            "update emergency_accesses set state = 'ended', ended_at = now(), ending = 'time', "
            "review_due_on = current_date where id = :id and state = 'open'"
        )
        connection.execute(text(ended), {"id": access_id})
        connection.commit()


def _tried(doors: list[Door]) -> list[Door]:
    found = [door for door in doors if door.access.place is Place.INSTITUTION and not door.access.public]
    assert found
    return found


def test_it_opens_pages_of_its_scope_to_read_and_no_picture(
    city: City, doors: list[Door], opened: tuple[UUID, Scope]
) -> None:
    lent, operator, read = LENT[opened[1]], city.bureau_people[1], 0
    for door in _tried(doors):
        answer = routes._open(door, operator, routes._ids(city.theirs))  # noqa: SLF001 - the same doors
        may = door.method == "GET" and door.access.permission in lent
        said = f"{door.method} {door.rule} answered {answer.status_code}"
        assert (answer.status_code == 403) is not may, said
        assert not answer.mimetype.startswith(("video/", "image/", "application/vnd.apple")), said
        assert b"<video" not in answer.data, said
        assert b"index.m3u8" not in answer.data, said
        read += may and answer.status_code == 200
    assert bool(read) is bool(lent), "the doors of its scope do open"


# A scope for one act lends no page: that none opens stands in the test before.
@pytest.mark.parametrize("opened", [scope for scope in Scope if LENT[scope]], ids=str, indirect=True)
def test_each_look_is_in_the_chain_of_the_institution_with_its_number(
    city: City, doors: list[Door], opened: tuple[UUID, Scope]
) -> None:
    operator, lent = city.bureau_people[1], LENT[opened[1]]
    door = next(door for door in _tried(doors) if door.method == "GET" and door.access.permission in lent)
    assert routes._open(door, operator, routes._ids(city.theirs)).status_code == 200  # noqa: SLF001 - as above
    with city.app.app_context():
        bind(db.session, Binding(tenant_id=city.theirs.tenant_id))
        last = audit.latest(tenant_id=city.theirs.tenant_id, limit=1)[0]
        assert last.event == "emergency:used"
        assert last.actor_roles == f"emergency:{last.fields['serial']}"
        assert audit.verify(tenant_id=city.theirs.tenant_id) is None


def test_it_opens_nothing_to_anybody_else_nor_at_another_institution_nor_after_its_end(
    city: City, doors: list[Door], opened: tuple[UUID, Scope]
) -> None:
    officer, operator, auditor = city.bureau_people
    lent = LENT[opened[1]]
    tried = [door for door in _tried(doors) if door.method == "GET" and door.access.permission in lent]
    for door in tried:
        for person in (officer, auditor):
            assert routes._open(door, person, routes._ids(city.theirs)).status_code == 403  # noqa: SLF001 - as above
        assert routes._open(door, operator, routes._ids(city.mine)).status_code == 403  # noqa: SLF001 - as above
    _end(city, opened[0])
    for door in tried:
        assert routes._open(door, operator, routes._ids(city.theirs)).status_code == 403  # noqa: SLF001 - as above
