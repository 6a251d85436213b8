"""複查: holds are extended or ended by a person on grounds, never by a date; and what fails to be copied is told."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from infra import clock
from infra.db import db
from tenants.actor import Actor, ActorKind, system
from tenants.audit import queries as audit
from tenants.errors import Invalid, InvalidTransition, NotAllowed
from tenants.permissions import Role
from tenants.retention import actions, hold_history, lapsing, pending, queries, reviewing
from tenants.retention.models import Hold, HoldBasis
from tenants.retention.rules import Grounds
from tests.factories.evidence import ACTOR, Archive
from tests.factories.holds import kept, span

ENGINE = system("end_holds")
HEAD = Actor(kind=ActorKind.PERSON, id=uuid4(), name="園長", roles=frozenset({Role.HEAD}))
BY_LAW = Grounds(
    basis=HoldBasis.CRIME_INVESTIGATION,
    reference="115年度偵字第123號",
    document="高檢字第11500456號",
    necessity="偵查中，須比對畫面。",
)


def days_ago(days: int) -> datetime:
    return clock.day_start(clock.today() - timedelta(days=days)) + timedelta(hours=10)


def ahead(days: int) -> object:
    return clock.today() + timedelta(days=days)


def held(archive: Archive, *, age: int = 20, **changed: object) -> Hold:
    return kept(archive, span(archive.record(days_ago(age))), **({"review_on": ahead(30)} | changed))


def extend(archive: Archive, hold: Hold, days: int, **changed: object) -> Hold:
    said = {"actor": HEAD, "reason": "仍在審理"} | changed
    made = reviewing.extend_hold(
        tenant_id=archive.of.tenant_id,
        hold_id=hold.id,
        review_on=ahead(days),  # type: ignore[arg-type]
        **said,  # type: ignore[arg-type]
    )
    db.session.commit()
    return made


@pytest.mark.req("KH-5-4b", "KH-5-4c", "TY-4-4b")
def test_an_extension_has_new_grounds_a_reason_and_a_line_of_history(archive: Archive) -> None:
    hold = held(archive)
    extend(archive, hold, 200, grounds=BY_LAW)
    assert (hold.basis, hold.document, hold.review_on) == (BY_LAW.basis, BY_LAW.document, ahead(200))
    first, second = hold_history.history(tenant_id=archive.of.tenant_id, hold_id=hold.id)
    assert (first.step, first.basis, first.review_on) == ("placed", "request", ahead(30))
    assert (second.step, second.by_id, second.reason) == ("extended", HEAD.id, "仍在審理")
    event = audit.latest(tenant_id=archive.of.tenant_id, limit=1)[0]
    assert (event.event, event.fields["document"]) == ("hold:extended", BY_LAW.document)


@pytest.mark.req("KH-5-4b", "KH-5-4c")
@pytest.mark.parametrize(
    ("days", "changed", "field"),
    [
        (-1, {}, "review_on"),
        (400, {}, "review_on"),
        (60, {"reason": " "}, "reason"),
        (
            60,
            {"grounds": Grounds(basis=HoldBasis.OTHER_LAW, reference="檔案法第8條", document="", necessity="")},
            "document",
        ),
    ],
)
def test_an_extension_without_what_the_law_asks_changes_nothing(
    archive: Archive, days: int, changed: dict[str, object], field: str
) -> None:
    hold = held(archive)
    with pytest.raises(Invalid) as refusal:
        extend(archive, hold, days, **changed)
    db.session.rollback()
    assert refusal.value.field == field
    assert (hold.review_on, len(hold_history.history(tenant_id=archive.of.tenant_id, hold_id=hold.id))) == (
        ahead(30),
        1,
    )


@pytest.mark.req("KH-5-4a", "KH-5-4b")
def test_past_the_year_only_an_exception_of_the_law_holds(archive: Archive) -> None:
    hold = held(archive, age=300, review_on=ahead(180))
    assert hold.review_on == ahead(65)  # a request is kept whatever was asked, and looked at before the year is over
    with pytest.raises(Invalid, match="至遲應於"):
        extend(archive, hold, 66)
    db.session.rollback()
    assert extend(archive, hold, 300, grounds=BY_LAW).review_on == ahead(300)


@pytest.mark.req("DR-01")
def test_footage_older_than_a_year_is_still_preserved_for_a_request(archive: Archive) -> None:
    assert held(archive, age=400).review_on == clock.today()


def test_after_its_case_a_hold_goes_on_by_law_only(archive: Archive) -> None:
    hold = held(archive)
    last = clock.today() + timedelta(days=30)
    actions.release_hold(actor=ACTOR, tenant_id=archive.of.tenant_id, hold_id=hold.id, reason="已終結", on=last)
    db.session.commit()
    with pytest.raises(Invalid, match="另有法律依據"):
        extend(archive, hold, 60)
    db.session.rollback()
    extend(archive, hold, 60, grounds=BY_LAW)
    assert lapsing.end_holds(actor=ENGINE, tenant_id=archive.of.tenant_id, today=last + timedelta(days=1)) == 0
    assert hold.released_at is None


@pytest.mark.req("KH-5-4c", "KH-6-4b")
def test_a_review_that_is_overdue_ends_nothing(archive: Archive) -> None:
    hold = held(archive, review_on=clock.today())
    tomorrow = clock.today() + timedelta(days=400)
    assert queries.holds_to_review(tenant_id=archive.of.tenant_id, today=tomorrow) == [hold]
    assert lapsing.end_holds(actor=ENGINE, tenant_id=archive.of.tenant_id, today=tomorrow) == 0
    assert hold.released_at is None


def test_only_the_head_ends_a_hold_and_never_that_of_a_case(archive: Archive) -> None:
    said = {"basis": BY_LAW.basis, "reference": BY_LAW.reference, "document": BY_LAW.document}
    by_law = held(archive, necessity=BY_LAW.necessity, **said)
    of_case = held(archive, age=21)
    for actor, hold, refusal in (
        (Actor(kind=ActorKind.PERSON, id=uuid4(), roles=frozenset({Role.HANDLER})), by_law, NotAllowed),
        (ENGINE, by_law, NotAllowed),
        (HEAD, of_case, InvalidTransition),
    ):
        with pytest.raises(refusal):
            reviewing.end_hold(actor=actor, tenant_id=archive.of.tenant_id, hold_id=hold.id, reason="偵查終結")
        db.session.rollback()
    ended = reviewing.end_hold(actor=HEAD, tenant_id=archive.of.tenant_id, hold_id=by_law.id, reason="偵查終結")
    db.session.commit()
    assert ended.released_by == HEAD.id
    with pytest.raises(InvalidTransition):
        extend(archive, by_law, 60)


def test_a_hold_whose_copying_keeps_failing_is_told_and_one_failure_is_not(archive: Archive) -> None:
    hold = held(archive)
    tenant_id = archive.of.tenant_id
    for told in (0, 0, 1):
        pending.note_copy_failure(actor=ENGINE, tenant_id=tenant_id, hold_id=hold.id, error=InvalidTransition("儲存滿"))
        db.session.commit()
        assert len(pending.incomplete_holds(tenant_id=tenant_id)) == told
    assert pending.words(hold.copy_error) == "儲存滿"
