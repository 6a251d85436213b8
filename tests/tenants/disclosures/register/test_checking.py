"""The owner of the database changes or removes a line of the register, and the chain tells which (KH-7-2, DR-06)."""

import pytest
from sqlalchemy import NullPool, create_engine, text

from infra.db import db
from infra.stack.postgres import DatabaseUrls
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.register import checking
from tenants.disclosures.register.models import RegisterEntry
from tests.tenants.disclosures.conftest import Scene
from tests.tenants.disclosures.register.test_writing import correct, enter

pytestmark = pytest.mark.req("KH-7-2", "DR-06")


@pytest.fixture
def entry(scene: Scene) -> RegisterEntry:
    """The first of two lines; the second corrects it."""
    case: OfficialRequest = scene.file()
    made = enter(scene, case)
    correct(scene, made)
    return made


def found(scene: Scene) -> list[tuple[int, str]]:
    scene.at_school()
    return [(each.number, each.reason) for each in checking.differing(tenant_id=scene.school.tenant_id)]


def owner(database: DatabaseUrls, *statements: str) -> None:
    """What whoever owns the database can do, past all grants and policies."""
    db.session.rollback()
    with create_engine(database.superuser, poolclass=NullPool).begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_a_register_that_nobody_touched_is_whole(scene: Scene, entry: RegisterEntry) -> None:
    assert found(scene) == []
    assert entry.number == 1


@pytest.mark.parametrize(
    "change",
    [
        "accessor_name = '別人'",
        "accessed_until = accessed_until + interval '1 second'",
        'companions = \'[{"name": "多一人"}]\'',
        "copied = true",
        "summary = ''",
        "entered_at = entered_at + interval '1 second'",
    ],
)
def test_a_line_that_was_changed_is_named(
    scene: Scene, entry: RegisterEntry, database: DatabaseUrls, change: str
) -> None:
    assert entry.number == 1
    owner(database, f"update register_entries set {change} where number = 1")  # noqa: S608 - of this file
    assert found(scene) == [(1, "內容與登載時不符")]


def test_a_line_that_is_gone_or_moved_is_named(scene: Scene, entry: RegisterEntry, database: DatabaseUrls) -> None:
    assert entry.number == 1
    owner(database, "delete from register_entries where number = 2")
    assert found(scene) == [(2, "不見了")]
    owner(database, "update register_entries set number = 3 where number = 1")
    assert found(scene) == [(1, "不見了"), (2, "不見了"), (3, "沒有登載的紀錄")]


def test_of_a_line_that_was_entered_before_the_chain_held_digests_only_that_it_is_there_is_told(
    scene: Scene, entry: RegisterEntry, database: DatabaseUrls
) -> None:
    assert entry.number == 1
    owner(
        database,
        "update audit_events set fields = fields - 'sha256' where event like 'register:%'",
        "update register_entries set accessor_name = '別人' where number = 1",
        "delete from register_entries where number = 2",
    )
    assert found(scene) == [(2, "不見了")]
