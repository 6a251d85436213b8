"""A code that is read in a leaked picture leads to the session that showed it, and the asking is kept (DR-13)."""

from dataclasses import replace
from uuid import uuid4

import pytest

from infra.db import db
from tenants.actor import Actor
from tenants.audit import queries as audit
from tenants.audit.actions import record
from tenants.audit.events import Event
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.models import Disclosure, DisclosureWindow
from tenants.disclosures.viewing import tracing
from tenants.disclosures.viewing.models import ViewingSession
from tenants.disclosures.viewing.tracing import Asked
from tenants.errors import Invalid, InvalidTransition, NotAllowed, NotFound
from tenants.misuse import actions, queries
from tenants.misuse.rules import Outcome
from tenants.retention.rules import CameraWindow
from tests.factories import insiders, people
from tests.factories.registry import Institution
from tests.tenants.misuse.conftest import Seen, looked, reported

pytestmark = pytest.mark.req("KH-5-1c", "TY-4-1b", "DR-13")
WHY = "家長群組出現翻拍照片"


def asked(code: str, reason: str = WHY) -> Asked:
    return Asked(code=code, reason=reason)


@pytest.mark.parametrize(
    "typed",
    [
        "V7K3M2",
        "s9f2qx",
        "Ｖ７Ｋ３Ｍ２　115-0001",
        "V7K3M2 115-0001\n115/11/22 10:05:07 S9F2QX",
        "V7?3M?",
        "S9F2Q? V7K3M2",
    ],
)
def test_what_is_read_in_a_picture_finds_session_viewer_companion_camera_and_time(
    k1: Institution, head: Actor, seen: Seen, typed: str
) -> None:
    (found,) = tracing.trace(actor=head, tenant_id=k1.tenant_id, asked=asked(typed)).sessions
    assert found.viewing_id == seen.viewing_id
    assert found.serial == db.session.get_one(Disclosure, seen.disclosure_id).serial
    assert found.viewer == "守園市政府警察局向陽分局 偵查佐 陳志明"
    assert found.companions == ("張老師",)
    (shown,) = found.shown
    assert (shown.camera, shown.span[0] < shown.span[1] < shown.opened_at) == ("C-GATE", True)


@pytest.mark.parametrize("typed", ["V7K3M3", "S9F2QX V7K3M3", "V9F2QX"])
def test_another_code_finds_nothing_and_the_asking_is_kept_all_the_same(
    k1: Institution, head: Actor, seen: Seen, typed: str
) -> None:
    assert seen.viewing_id
    assert not tracing.trace(actor=head, tenant_id=k1.tenant_id, asked=asked(typed))
    (event, *_) = audit.latest(tenant_id=k1.tenant_id, limit=1)
    assert (event.event, event.actor_id) == ("viewing:traced", head.id)
    found = {"viewings": [], "openings": []}
    assert event.fields == {"code": " ".join(sorted(typed.split())), "reason": WHY} | found


@pytest.mark.parametrize(
    ("code", "reason", "field"),
    [
        ("115-0001", WHY, "code"),
        ("V7???2", WHY, "code"),
        ("%", WHY, "code"),
        ("", WHY, "code"),
        ("V7K3M2", " ", "reason"),
    ],
)
def test_an_asking_has_a_code_and_a_reason(k1: Institution, head: Actor, code: str, reason: str, field: str) -> None:
    before = audit.length(tenant_id=k1.tenant_id)
    with pytest.raises(Invalid) as refused:
        tracing.trace(actor=head, tenant_id=k1.tenant_id, asked=asked(code, reason))
    assert (refused.value.field, audit.length(tenant_id=k1.tenant_id)) == (field, before)


def test_a_guard_asks_for_no_code(k1: Institution, head: Actor) -> None:
    guard = Actor(kind=head.kind, id=uuid4(), name="陳警衛", roles=frozenset())
    with pytest.raises(NotAllowed):
        tracing.trace(actor=guard, tenant_id=k1.tenant_id, asked=asked("V7K3M2"))


@pytest.mark.req("DR-27")
def test_of_a_case_that_concerns_whoever_asks_no_session_is_found(k1: Institution, head: Actor, seen: Seen) -> None:
    case = insiders.request(k1)
    db.session.get_one(InsiderRequest, case).excluded = [str(head.id)]
    db.session.get_one(ViewingSession, seen.viewing_id).disclosure_id = case
    db.session.flush()
    assert not tracing.trace(actor=head, tenant_id=k1.tenant_id, asked=asked("V7K3M2"))


@pytest.mark.req("KH-7-1")
def test_everybody_who_accompanied_is_named_also_who_handed_over(
    k1: Institution, head: Actor, handler: Actor, seen: Seen
) -> None:
    first = people.person(name="李老師")
    record(
        Event.VIEWING_BEGUN,
        tenant_id=k1.tenant_id,
        actor=handler,
        subject_id=seen.disclosure_id,
        serial="調閱-115-0001",
        viewing_id=str(seen.viewing_id),
        companion_id=str(first),
        session="S9F2QX",
    )
    (found,) = tracing.trace(actor=head, tenant_id=k1.tenant_id, asked=asked("S9F2QX")).sessions
    assert found.companions == ("李老師", "張老師")


def test_the_session_that_was_found_is_linked_to_its_case_once_and_names_who_had_to_do_with_it(
    k1: Institution, head: Actor, seen: Seen
) -> None:
    made = reported(k1, head)
    assert queries.accesses(made, head) == []
    looked(k1, seen.disclosure_id, head, viewing_id=str(seen.viewing_id))
    for _ in range(2):
        actions.link_viewing(actor=head, tenant_id=k1.tenant_id, misuse_id=made.id, viewing_id=seen.viewing_id)
    assert [each.id for each in queries.viewings_of(made, head)] == [seen.viewing_id]
    assert [each.event for each in queries.accesses(made, head)] == ["disclosure:viewed"]
    kinds = [each.event for each in audit.latest(tenant_id=k1.tenant_id, limit=9)]
    assert kinds.count("misuse:viewing_linked") == 1


def opened() -> CameraWindow:
    """The footage that the session opened."""
    row = db.session.scalars(db.select(DisclosureWindow)).one()
    return CameraWindow(camera_id=row.camera_id, started_at=row.started_at, ended_at=row.ended_at)


def test_a_session_that_opened_the_footage_is_told_before_anybody_links_it_and_of_other_footage_none(
    k1: Institution, head: Actor, seen: Seen
) -> None:
    span = opened()
    made = reported(k1, head, window=span)
    assert [each.id for each in queries.viewings_reaching(made, head)] == [seen.viewing_id]
    assert queries.viewings_of(made, head) == []
    elsewhere = reported(k1, head, window=replace(span, camera_id=k1.cameras["C-ROOM2"]))
    assert queries.viewings_reaching(elsewhere, head) == []

    actions.link_viewing(actor=head, tenant_id=k1.tenant_id, misuse_id=made.id, viewing_id=seen.viewing_id)
    assert queries.viewings_reaching(made, head) == [], "it stands among the case's own"


@pytest.mark.req("DR-27")
def test_of_a_session_whose_case_concerns_the_reader_nothing_is_told_though_it_opened_the_footage(
    k1: Institution, head: Actor, seen: Seen
) -> None:
    span = opened()
    made = reported(k1, head, window=span)
    case = insiders.request(k1)
    db.session.get_one(InsiderRequest, case).excluded = [str(head.id)]
    db.session.get_one(ViewingSession, seen.viewing_id).disclosure_id = case
    db.session.flush()
    assert queries.viewings_reaching(made, head) == []


@pytest.mark.req("DR-27")
def test_of_a_linked_session_whose_case_concerns_the_reader_nothing_is_told(
    k1: Institution, head: Actor, seen: Seen
) -> None:
    made = reported(k1, head, viewing_id=seen.viewing_id)
    assert queries.viewings_of(made, head)
    case = insiders.request(k1)
    db.session.get_one(InsiderRequest, case).excluded = [str(head.id)]
    db.session.get_one(ViewingSession, seen.viewing_id).disclosure_id = case
    db.session.flush()
    assert queries.viewings_of(made, head) == []


def test_no_session_is_linked_that_is_not_there_or_whose_case_concerns_whoever_links(
    k1: Institution, head: Actor, seen: Seen
) -> None:
    made = reported(k1, head)
    one = {"actor": head, "tenant_id": k1.tenant_id, "misuse_id": made.id}
    with pytest.raises(NotFound):
        actions.link_viewing(**one, viewing_id=uuid4())
    case = insiders.request(k1)
    db.session.get_one(InsiderRequest, case).excluded = [str(head.id)]
    db.session.get_one(ViewingSession, seen.viewing_id).disclosure_id = case
    db.session.flush()
    with pytest.raises(NotFound):
        actions.link_viewing(**one, viewing_id=seen.viewing_id)


def test_a_closed_case_and_one_that_suspects_whoever_asks_take_no_session(
    k1: Institution, head: Actor, handler: Actor, seen: Seen
) -> None:
    made = reported(k1, head, suspects=(handler.id,))
    one = {"tenant_id": k1.tenant_id, "misuse_id": made.id, "viewing_id": seen.viewing_id}
    with pytest.raises(NotFound):
        actions.link_viewing(actor=handler, **one)
    none = Outcome(administrative="無", civil="無", criminal="無")
    actions.close(actor=head, tenant_id=k1.tenant_id, misuse_id=made.id, outcome=none)
    with pytest.raises(InvalidTransition):
        actions.link_viewing(actor=head, **one)


def test_whoever_turns_out_to_be_suspected_finds_the_case_no_more(k1: Institution, head: Actor, seen: Seen) -> None:
    made, companion = reported(k1, head), seen.companion
    assert companion.id is not None
    assert queries.case(tenant_id=k1.tenant_id, misuse_id=made.id, actor=companion)
    actions.suspect(actor=head, tenant_id=k1.tenant_id, misuse_id=made.id, suspects=(companion.id,))
    with pytest.raises(NotFound):
        queries.case(tenant_id=k1.tenant_id, misuse_id=made.id, actor=companion)


def test_nobody_is_suspected_by_themselves_by_nothing_or_from_elsewhere(k1: Institution, head: Actor) -> None:
    made = reported(k1, head)
    for wrong in ((), (head.id,), (uuid4(),)):
        with pytest.raises(Invalid) as refused:
            actions.suspect(actor=head, tenant_id=k1.tenant_id, misuse_id=made.id, suspects=wrong)
        assert refused.value.field == "suspects"
