"""A breach that was reported in a session: the case has its footage, its people, and everybody who opened any of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from tenants.actor import Actor
from tenants.disclosures.models import Disclosure, DisclosureWindow
from tenants.disclosures.viewing.models import ViewingSession
from tenants.disclosures.viewing.rules import Breach
from tenants.errors import Invalid
from tenants.misuse import actions, breaches, queries
from tenants.misuse.models import MisuseCase
from tenants.retention import queries as retention
from tenants.retention.rules import CameraWindow
from tests.factories import disclosures, footage, people
from tests.factories.registry import Institution
from tests.tenants.misuse.conftest import Seen, looked, person, reported

FILMED = Breach(kind="filmed", note="以手機拍攝螢幕", by=frozenset({"viewer"}))


def granted(seen: Seen) -> Disclosure:
    """The session's case, as the head granted it."""
    row = db.session.get_one(Disclosure, seen.disclosure_id)
    row.state, row.decided_at, row.decided_by = "approved", clock.now(), row.filed_by
    db.session.commit()
    return row


def told(k1: Institution, seen: Seen, handler: Actor, breach: Breach = FILMED) -> MisuseCase:
    """The handler reports it."""
    granted(seen)
    return breaches.report_breach(actor=handler, tenant_id=k1.tenant_id, viewing_id=seen.viewing_id, breach=breach)


@pytest.mark.req("KH-5-1c", "KH-6-2i", "TY-4-1b")
def test_its_case_bears_what_was_shown_and_freezes_it(k1: Institution, seen: Seen, handler: Actor) -> None:
    footage.segment(k1, device_id=footage.device(k1))
    made = told(k1, seen, handler)
    shown = db.session.scalars(db.select(DisclosureWindow)).one()
    (span,) = queries.windows_of(made, handler)
    assert (span.camera_id, span.started_at, span.ended_at) == (
        shown.camera_id,
        shown.approved_from,
        shown.approved_until,
    )
    assert made.hold_id is not None
    assert retention.hold(tenant_id=k1.tenant_id, hold_id=made.hold_id).document == made.serial
    assert (made.kind, queries.breaches_of(made, handler)) == ("misuse", ["filmed"])


@pytest.mark.req("KH-5-1c")
def test_whoever_else_had_to_do_with_that_footage_is_on_its_list(k1: Institution, seen: Seen, handler: Actor) -> None:
    agency_id, officer = people.agency("守園市政府警察局青埔分局"), people.person()
    shown = db.session.scalars(db.select(DisclosureWindow)).one()
    other = disclosures.case(k1, agency_id=agency_id, filed_by=officer)
    row = db.session.get_one(DisclosureWindow, other.window_id)
    row.camera_id, row.started_at, row.ended_at = shown.camera_id, shown.started_at, shown.ended_at
    row.approved_from, row.approved_until = shown.approved_from, shown.approved_until
    looked(k1, other.disclosure_id, person(people.person(), next(iter(handler.roles)), k1))
    made = told(k1, seen, handler)
    assert "disclosure:viewed" in [access.event for access in queries.accesses(made, handler)]


@pytest.mark.req("KH-5-1c", "KH-6-2i")
def test_who_looked_is_suspected_by_name_and_what_follows_in_their_case_waits(
    k1: Institution, seen: Seen, handler: Actor
) -> None:
    made = told(k1, seen, handler)
    assert [each.viewer_name for each in queries.suspected_viewers(made, handler)] == ["陳志明"]
    assert made.suspects == []
    row = db.session.get_one(Disclosure, seen.disclosure_id)
    assert (row.halt, row.halt_end, row.barred) == ("all", "", [])


@pytest.mark.req("KH-5-1c", "KH-6-2i")
def test_one_of_the_institution_is_suspected_and_finds_no_case(k1: Institution, seen: Seen, handler: Actor) -> None:
    made = told(k1, seen, handler, replace(FILMED, by=frozenset({str(seen.companion.id)})))
    assert made.suspects == [str(seen.companion.id)]
    assert queries.cases(tenant_id=k1.tenant_id, actor=seen.companion) == []
    assert db.session.get_one(Disclosure, seen.disclosure_id).halt == "viewing"


@pytest.mark.req("KH-5-1c")
def test_a_leak_that_is_reported_later_halts_the_case_unless_only_ours_are_suspected(
    k1: Institution, seen: Seen, head: Actor
) -> None:
    row = granted(seen)
    reported(k1, head, disclosure_id=row.id, viewing_id=seen.viewing_id, suspects=(seen.companion.id,))
    assert row.halted_at is None
    reported(k1, head, disclosure_id=row.id, viewing_id=seen.viewing_id)
    assert row.halt == "all"


@pytest.mark.req("KH-5-1c")
def test_whoever_looked_can_be_suspected_later_too(k1: Institution, seen: Seen, head: Actor) -> None:
    row = granted(seen)
    made = reported(k1, head)
    one = {"tenant_id": k1.tenant_id, "misuse_id": made.id}
    with pytest.raises(Invalid):
        actions.suspect(actor=head, **one, suspects=(), viewers=(seen.viewing_id,))
    actions.link_viewing(actor=head, **one, viewing_id=seen.viewing_id)
    assert row.halted_at is None
    actions.suspect(actor=head, **one, suspects=(), viewers=(seen.viewing_id,))
    assert made.suspect_viewings == [str(seen.viewing_id)]
    assert row.halt == "all"


@pytest.mark.req("KH-5-1c")
def test_a_session_that_is_linked_later_freezes_its_footage_too(k1: Institution, seen: Seen, head: Actor) -> None:
    made = reported(k1, head)
    assert made.hold_id is None
    actions.link_viewing(actor=head, tenant_id=k1.tenant_id, misuse_id=made.id, viewing_id=seen.viewing_id)
    assert made.hold_id is not None


@pytest.mark.req("KH-5-1c")
def test_the_footage_that_is_named_stays_what_was_named(k1: Institution, seen: Seen, head: Actor) -> None:
    shown = db.session.scalars(db.select(DisclosureWindow)).one()
    first = shown.started_at - timedelta(minutes=30)
    window = CameraWindow(camera_id=k1.cameras["C-ROOM2"], started_at=first, ended_at=first + timedelta(minutes=5))
    made = reported(k1, head, window=window, viewing_id=seen.viewing_id)
    held = retention.windows(tenant_id=k1.tenant_id, hold_id=made.hold_id)
    assert [each.camera_id for each in held] == [k1.cameras["C-ROOM2"]]
    assert len(queries.windows_of(made, head)) == 2
    assert db.session.get_one(ViewingSession, seen.viewing_id).breach_kind == ""
