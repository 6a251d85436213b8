"""A code that is read in a picture of the institution's own review leads to who looked, and to nobody else (DR-13)."""

import pytest

from infra import clock
from infra.db import db
from tenants.actor import Actor
from tenants.audit import queries as audit
from tenants.audit.picture_codes import codes_of
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.models import Disclosure
from tenants.disclosures.viewing import tracing
from tenants.disclosures.viewing.tracing import Asked
from tenants.errors import Invalid
from tenants.misuse import secrecy
from tests.factories import insiders, people, reviews
from tests.factories.registry import Institution
from tests.tenants.misuse.conftest import Seen

pytestmark = pytest.mark.req("KH-5-1c", "TY-4-1b", "DR-13")


def asked(code: str) -> Asked:
    return Asked(code=code, reason="家長群組出現翻拍照片")


def lines_of(handler: Actor, seen: Seen) -> tuple[str, str, int]:
    """The two codes of a review, and its number."""
    link = reviews.review(handler, disclosure_id=seen.disclosure_id)
    viewer, session = codes_of(link.seq, link.hash())
    return viewer, session, link.seq


def test_what_is_read_in_a_picture_finds_who_reviewed_which_case_and_when(
    k1: Institution, head: Actor, handler: Actor, seen: Seen
) -> None:
    viewer, session, seq = lines_of(handler, seen)
    other, _session, _seq = lines_of(head, seen)
    for typed in (viewer, session, session.lower(), f"{viewer} 115-0001\n115/11/22 10:05:07 {session}"):
        found = tracing.trace(actor=head, tenant_id=k1.tenant_id, asked=asked(typed))
        (review,) = found.openings
        assert (found.sessions, review.seq, review.code) == ([], seq, session)
        assert (review.who, review.event, review.disclosure_id) == (handler.name, "package:watched", seen.disclosure_id)
        assert review.serial == db.session.get_one(Disclosure, seen.disclosure_id).serial
        assert review.at <= clock.now()
    (event,) = audit.latest(tenant_id=k1.tenant_id, limit=1)
    assert (event.fields["viewings"], event.fields["openings"]) == ([], [seq])
    assert other != viewer


def test_of_a_number_of_another_event_or_another_institutions_hash_nothing_is_found(
    k1: Institution, head: Actor, handler: Actor, seen: Seen
) -> None:
    viewer, session, seq = lines_of(handler, seen)
    another = session[:-1] + ("0" if session[-1] != "0" else "1")
    for typed in (f"R{seq - 1}", f"R{seq + 9}", another):
        assert not tracing.trace(actor=head, tenant_id=k1.tenant_id, asked=asked(typed)), typed
    assert viewer == f"R{seq}"


def test_a_letter_that_nobody_could_read_may_be_left_open_and_no_more_than_two(
    k1: Institution, head: Actor, handler: Actor, seen: Seen
) -> None:
    viewer, session, seq = lines_of(handler, seen)
    for typed in (f"{viewer[:-1]}?", f"{session[:-1]}?", f"{viewer[:-1]}?{session[len(viewer) : -2]}??"):
        found = tracing.trace(actor=head, tenant_id=k1.tenant_id, asked=asked(typed))
        assert seq in [review.seq for review in found.openings], typed
    for typed in ("R???", f"{session[:-4]}?{session[-3]}??"):
        with pytest.raises(Invalid):
            tracing.check(asked(typed))


def test_session_and_review_of_one_line_are_both_found(
    k1: Institution, head: Actor, handler: Actor, seen: Seen
) -> None:
    _viewer, session, _seq = lines_of(handler, seen)
    found = tracing.trace(actor=head, tenant_id=k1.tenant_id, asked=asked(f"S9F2QX {session}"))
    assert (len(found.sessions), len(found.openings), len(found)) == (1, 1, 2)


@pytest.mark.req("DR-27")
def test_of_a_case_that_concerns_whoever_asks_nothing_is_told(
    k1: Institution, head: Actor, handler: Actor, seen: Seen
) -> None:
    case = insiders.request(k1)
    db.session.get_one(InsiderRequest, case).excluded = [str(head.id)]
    link = reviews.review(handler, disclosure_id=seen.disclosure_id, subject_id=case)
    _viewer, session = codes_of(link.seq, link.hash())
    assert not tracing.trace(actor=head, tenant_id=k1.tenant_id, asked=asked(session))
    (event,) = audit.latest(tenant_id=k1.tenant_id, limit=1)
    assert event.fields["openings"] == []


def test_who_reviewed_is_not_told_that_somebody_looked_for_it(
    k1: Institution, head: Actor, handler: Actor, seen: Seen
) -> None:
    people.bureau()
    _viewer, session, _seq = lines_of(handler, seen)
    tracing.trace(actor=head, tenant_id=k1.tenant_id, asked=asked(session))
    events = audit.latest(tenant_id=k1.tenant_id, limit=100)

    def read(actor: Actor) -> list[str]:
        return [each.event for each in secrecy.told(events, tenant_id=k1.tenant_id, actor=actor)]

    assert "viewing:traced" in read(head)
    assert "viewing:traced" not in read(handler)
    assert "viewing:traced" in read(seen.companion), "who was in the room of a session did not review"
