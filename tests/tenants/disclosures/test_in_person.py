"""A copy leaves on a medium in person: named, written a few times at most, read back, signed for, registered."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from infra.db import db
from tenants.actor import Actor
from tenants.audit.models import AuditEvent
from tenants.disclosures.official import actions, in_person
from tenants.disclosures.official.actions import InPerson, Medium
from tenants.disclosures.official.models import MediumHandover, MediumKind, OfficialRequest
from tenants.disclosures.official.rules import check_read_back
from tenants.disclosures.packages.models import Package
from tenants.disclosures.register.models import RegisterEntry
from tenants.errors import DomainError, Invalid, InvalidTransition, NotAllowed, NotFound
from tests.tenants.disclosures.conftest import Scene
from tests.tenants.disclosures.test_handover import leaving, link, ready
from tests.tenants.disclosures.test_reopening import fetch, reopen, waiting

SHA256 = "a" * 64
GIVEN = InPerson(name="陳志明", title="偵查佐", acknowledged=True, read_back=SHA256, receipt_number="")


def prepare(scene: Scene, disclosure: OfficialRequest, serial: str = "A-1", actor: Actor | None = None) -> UUID:
    scene.at_school()
    made = actions.prepare_medium(
        actor=actor or scene.handler,
        tenant_id=scene.school.tenant_id,
        disclosure_id=disclosure.id,
        medium=Medium(kind=MediumKind.USB, serial=serial),
    )
    db.session.commit()
    return made.id


def take(scene: Scene, handover_id: UUID) -> Package:
    package = actions.take_out(
        actor=scene.handler,
        tenant_id=scene.school.tenant_id,
        handover_id=handover_id,
        leaving=leaving(),
        sha256=SHA256,
    )
    db.session.commit()
    return package


def give(scene: Scene, handover_id: UUID, **changes: object) -> MediumHandover:
    held = actions.hand_over(
        actor=scene.handler,
        tenant_id=scene.school.tenant_id,
        handover_id=handover_id,
        given=replace(GIVEN, **changes),  # type: ignore[arg-type]
    )
    db.session.commit()
    return held


def refused(scene: Scene, handover_id: UUID, **changes: object) -> DomainError:
    with pytest.raises(DomainError) as raised:
        give(scene, handover_id, **changes)
    db.session.rollback()
    assert db.session.scalars(select(RegisterEntry)).all() == []
    return raised.value


@pytest.mark.req("KH-6-1d", "KH-6-5a", "KH-7-1", "KH-7-2", "KH-7-3", "KH-A2-07", "KH-A2-08")
def test_what_was_read_back_and_signed_for_is_handed_over_and_registered(scene: Scene) -> None:
    disclosure = waiting(scene)
    handover_id = prepare(scene, disclosure)
    take(scene, handover_id)

    held = give(scene, handover_id)

    assert (held.signed, held.officer_name, held.handed_by) == ("screen", "陳志明", scene.handler.id)
    assert db.session.get_one(OfficialRequest, disclosure.id).state == "exported"
    entry = db.session.scalars(select(RegisterEntry)).one()
    assert (entry.copied, entry.viewed, entry.in_person, entry.online) == (True, False, True, False)
    assert (entry.accessor_title, entry.operator_name) == ("偵查佐", scene.handler.name)
    events = list(db.session.scalars(select(AuditEvent).order_by(AuditEvent.seq)))
    assert [event.event for event in events][-4:] == [
        "disclosure:medium_prepared",
        "disclosure:taken_out",
        "register:entered",
        "disclosure:handed_over",
    ]
    assert events[-1].fields["sha256"] == SHA256


@pytest.mark.req("KH-6-5a")
def test_a_paper_receipt_is_kept_by_its_number(scene: Scene) -> None:
    handover_id = prepare(scene, waiting(scene))
    take(scene, handover_id)

    held = give(scene, handover_id, receipt_number="收字第12號")

    assert (held.signed, held.receipt_number) == ("paper", "收字第12號")


@pytest.mark.req("KH-6-5a", "KH-6-5b", "DR-07")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"read_back": "b" * 64}, "read_back"),
        ({"read_back": "a" * 63}, "read_back"),
        ({"read_back": ""}, "read_back"),
        ({"read_back": "aaaaaaaa…bbbbbbbb"}, "read_back"),
        ({"acknowledged": False}, "acknowledged"),
        ({"name": " "}, "name"),
        ({"title": ""}, "title"),
    ],
)
def test_what_does_not_match_or_is_not_signed_stays(scene: Scene, changes: dict[str, object], field: str) -> None:
    handover_id = prepare(scene, waiting(scene))
    take(scene, handover_id)

    error = refused(scene, handover_id, **changes)

    assert isinstance(error, Invalid)
    assert error.field == field


@pytest.mark.req("DR-07")
@pytest.mark.parametrize(
    "typed", ["0" * 8 + "F" * 48 + "1" * 8, "00000000 11111111", "00000000…11111111", "０" * 8 + "1" * 8]
)
def test_the_whole_hash_or_its_ends_are_read_however_they_are_typed(typed: str) -> None:
    check_read_back(typed, sha256="0" * 8 + "f" * 48 + "1" * 8)


@pytest.mark.req("KH-6-5b")
def test_a_medium_that_was_never_written_is_not_handed_over(scene: Scene) -> None:
    handover_id = prepare(scene, waiting(scene))

    assert "尚未下載影像" in str(refused(scene, handover_id))


@pytest.mark.req("KH-6-5b", "DR-06")
def test_downloads_for_a_medium_are_counted_and_end(scene: Scene) -> None:
    handover_id = prepare(scene, waiting(scene))
    for _ in range(in_person.MOST_TAKEN):
        take(scene, handover_id)

    with pytest.raises(Invalid, match="請登記另一個媒體"):
        take(scene, handover_id)

    db.session.rollback()
    query = select(AuditEvent).where(AuditEvent.event == "disclosure:taken_out").order_by(AuditEvent.seq)
    assert [event.fields["count"] for event in db.session.scalars(query)] == [1, 2, 3]


@pytest.mark.req("KH-6-5b")
def test_another_medium_makes_the_first_void(scene: Scene) -> None:
    disclosure = waiting(scene)
    first = prepare(scene, disclosure)
    take(scene, first)

    second = prepare(scene, disclosure, "A-2")

    with pytest.raises(Invalid, match="已改用另一個媒體"):
        give(scene, first)
    db.session.rollback()
    take(scene, second)
    assert give(scene, second).medium_serial == "A-2"


@pytest.mark.req("KH-6-5b")
def test_a_copy_that_its_officer_fetched_leaves_on_no_medium_until_it_is_opened_again(scene: Scene) -> None:
    disclosure = waiting(scene)
    handover_id = prepare(scene, disclosure)
    take(scene, handover_id)
    fetch(scene, disclosure)
    scene.at_school()

    with pytest.raises(Invalid, match="已經領取或交付"):
        give(scene, handover_id)
    db.session.rollback()
    reopen(scene, disclosure)

    assert give(scene, handover_id).handed_at is not None


@pytest.mark.req("KH-6-5b")
def test_what_was_handed_over_is_not_fetched_online_as_well(scene: Scene) -> None:
    disclosure = waiting(scene)
    handover_id = prepare(scene, disclosure)
    take(scene, handover_id)
    give(scene, handover_id)

    with pytest.raises(Invalid, match="不能重複領取"):
        link(scene, disclosure)
    db.session.rollback()
    scene.at_school()
    with pytest.raises(Invalid, match="已經交付"):
        give(scene, handover_id)


@pytest.mark.req("KH-6-5b", "KH-7-2")
def test_a_medium_that_cannot_be_read_is_followed_by_a_collection_and_the_register_says_so(scene: Scene) -> None:
    disclosure = waiting(scene)
    handover_id = prepare(scene, disclosure)
    take(scene, handover_id)
    give(scene, handover_id)
    reopen(scene, disclosure)

    fetch(scene, disclosure)

    scene.at_school()
    entries = db.session.scalars(select(RegisterEntry).order_by(RegisterEntry.number)).all()
    assert ["重新領取" in entry.summary for entry in entries] == [False, True]


@pytest.mark.req("KH-6-5b", "KH-7-2")
def test_a_copy_that_broke_off_is_handed_over_whole_and_the_register_says_that_it_is_the_second(scene: Scene) -> None:
    disclosure = waiting(scene)
    handover_id = prepare(scene, disclosure)
    take(scene, handover_id)
    fetch(scene, disclosure)
    scene.at_school()
    package = db.session.scalars(select(Package)).one()
    package.sent_bytes = 300
    db.session.commit()
    reopen(scene, disclosure)

    give(scene, handover_id)

    assert package.sent_bytes is None, "what broke off was another hand-over"
    entries = db.session.scalars(select(RegisterEntry).order_by(RegisterEntry.number)).all()
    assert ["當面交付：重新領取" in entry.summary for entry in entries] == [False, True]


@pytest.mark.req("KH-6-1g", "KH-4-2")
def test_nobody_but_the_handler_and_nothing_before_the_decision(scene: Scene) -> None:
    undecided = scene.file()
    with pytest.raises(InvalidTransition):
        prepare(scene, undecided)
    db.session.rollback()
    decided = scene.decide(undecided)
    ready(scene, decided)
    for actor in (scene.head, scene.officer):
        with pytest.raises((NotAllowed, NotFound)):
            prepare(scene, decided, actor=actor)
        db.session.rollback()


@pytest.mark.req("TY-5-2b")
def test_consent_to_look_puts_nothing_on_a_medium(elementary: Scene) -> None:
    disclosure = elementary.decide(elementary.file(), copy=False, reasons="僅調閱")
    ready(elementary, disclosure)

    with pytest.raises(Invalid, match="未核准複製"):
        prepare(elementary, disclosure)


@pytest.mark.req("DR-08")
def test_a_medium_that_is_nobodys_is_not_there(scene: Scene) -> None:
    scene.at_school()

    with pytest.raises(NotFound):
        actions.take_out(
            actor=scene.handler,
            tenant_id=scene.school.tenant_id,
            handover_id=uuid4(),
            leaving=leaving(),
            sha256=SHA256,
        )


def test_a_medium_has_a_number(scene: Scene) -> None:
    with pytest.raises(Invalid, match="請填寫媒體的序號"):
        prepare(scene, waiting(scene), serial=" ")
