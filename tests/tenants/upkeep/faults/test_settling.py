"""Each gap gets a reason from a person, planned work is told before it begins, and maintenance hides nothing."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from infra import clock
from infra.clock import TAIPEI, civil_day
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.errors import Invalid, InvalidTransition, NotAllowed, NotFound
from tenants.footage.models import GapReport
from tenants.upkeep.faults import maintenance, settling, steps
from tenants.upkeep.faults.kinds import FaultKind, GapReason
from tenants.upkeep.faults.maintenance import Announcement
from tenants.upkeep.faults.models import GapSettlement
from tenants.upkeep.faults.settling import Word
from tenants.upkeep.faults.standing import standing
from tests.factories import faults as made
from tests.factories import footage, hours
from tests.factories.registry import Institution, institution
from tests.tenants.upkeep.faults.conftest import Cast

_DAY, _HOUR, _MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
FRIDAY = datetime(2026, 11, 20, 10, 0, tzinfo=TAIPEI)
Later = Callable[[timedelta], AbstractContextManager[object]]
BROKEN = Word(reason=GapReason.EQUIPMENT, words="交換器故障")
# Of the week before last, at ten.
LATELY = clock.day_start(clock.today() - timedelta(days=clock.today().weekday() + 10)) + 10 * _HOUR

pytestmark = pytest.mark.usefixtures("always_open")


def _gap(of: Institution, at: datetime) -> None:
    gap = db.session.get_one(GapReport, footage.gap(of, device_id=footage.device(of), started_at=at))
    gap_id = gap.id
    db.session.expunge(gap)
    assert gap_id


def _keys(of: Institution) -> list[str]:
    return [gap.key for gap in settling.unsettled(tenant_id=of.tenant_id, now=clock.now())]


@pytest.mark.req("KH-5-3b")
def test_a_gap_that_the_box_told_is_owed_until_a_person_says_why(k1: Institution, cast: Cast) -> None:
    _gap(k1, clock.now() - _HOUR)
    keys = _keys(k1)

    settling.settle(actor=cast.handler, tenant_id=k1.tenant_id, keys=keys, word=BROKEN)
    db.session.commit()

    assert len(keys) == 1
    assert _keys(k1) == []
    (held,) = db.session.scalars(select(GapSettlement))
    assert (held.reason, held.words, held.settled_by) == ("equipment", "交換器故障", cast.handler.id)


@pytest.mark.req("KH-5-3b")
def test_a_gap_without_a_reason_for_three_working_days_is_one_without_cause(k1: Institution, later: Later) -> None:
    days = [FRIDAY.date() + n * _DAY for n in (0, 5, 6)]
    with later(FRIDAY + 7 * _DAY - clock.now()):
        gap_id = footage.gap(k1, device_id=footage.device(k1), started_at=FRIDAY)
        assert gap_id
        owed = list(settling.owed_by_ledger(tenant_id=k1.tenant_id, until=clock.now()))

    told = [any(gap.late_from <= day for gap in owed) for day in days]

    assert told == [False, False, True]  # Friday, Wednesday is the third working day, Thursday


def test_what_the_ledger_learns_later_of_settled_seconds_is_settled(k1: Institution, cast: Cast) -> None:
    at = clock.now() - _HOUR
    _gap(k1, at)
    settling.settle(actor=cast.handler, tenant_id=k1.tenant_id, keys=_keys(k1), word=BROKEN)
    _gap(k1, at + _MINUTE)

    (owed,) = settling.unsettled(tenant_id=k1.tenant_id, now=clock.now())

    assert owed.window.started_at == at + 10 * _MINUTE
    assert owed.window.seconds == 60


@pytest.mark.req("KH-5-3a", "KH-5-3b")
def test_a_preschool_owes_the_reason_of_what_it_missed_in_its_opening_hours_and_of_nothing_else(domain: Flask) -> None:
    assert domain
    k2 = institution("K2", name="月光幼兒園")
    bind(db.session, Binding(tenant_id=k2.tenant_id))
    hours.open_when(k2, {"mon": [["08:00", "16:00"]], "fri": [["08:00", "16:00"]]})
    box = footage.device(k2)
    for began, lasted in ((LATELY - 7 * _HOUR, _HOUR), (LATELY + 5 * _HOUR, 72 * _HOUR), (LATELY + _DAY, 2 * _HOUR)):
        footage.gap(k2, device_id=box, started_at=began, lasting=lasted)

    owed = settling.unsettled(tenant_id=k2.tenant_id, now=clock.now())

    found = [(each.window.started_at, each.window.seconds) for each in owed]
    assert found == [(LATELY + 5 * _HOUR, 3_600), (LATELY + 3 * _DAY - 2 * _HOUR, 7 * 3_600)]


@pytest.mark.req("TY-4-3a", "KH-5-3b")
def test_a_school_owes_the_reason_of_a_night_as_one(domain: Flask) -> None:
    assert domain
    e1 = institution("E1", kind="elementary_school", name="向陽國小", profile="TY_ELEMENTARY")
    bind(db.session, Binding(tenant_id=e1.tenant_id))
    footage.gap(e1, device_id=footage.device(e1), started_at=LATELY + 12 * _HOUR, lasting=8 * _HOUR)

    (owed,) = settling.unsettled(tenant_id=e1.tenant_id, now=clock.now())
    assert owed.window.seconds == 8 * 3_600


@pytest.mark.req("KH-5-3b")
@pytest.mark.parametrize(
    ("word", "keys", "code"),
    [
        (BROKEN, [], "nothing_chosen"),
        (BROKEN, ["another"], "nothing_chosen"),
        (replace(BROKEN, words=" "), None, "words_missing"),
        (replace(BROKEN, words="字" * 501), None, "too_long"),
        (replace(BROKEN, reason=GapReason.PLANNED), None, "not_announced"),
    ],
)
def test_a_reason_is_whole(k1: Institution, cast: Cast, word: Word, keys: list[str] | None, code: str) -> None:
    _gap(k1, clock.now() - _HOUR)
    chosen = _keys(k1) if keys is None else keys

    with pytest.raises(Invalid) as refused:
        settling.settle(actor=cast.handler, tenant_id=k1.tenant_id, keys=chosen, word=word)
    assert refused.value.code == code


def test_a_teacher_explains_no_gap(k1: Institution, cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        settling.settle(actor=cast.teacher, tenant_id=k1.tenant_id, keys=["x"], word=BROKEN)


@pytest.mark.req("KH-5-3b")
def test_planned_work_is_announced_before_it_begins_and_its_gaps_count_all_the_same(
    k1: Institution, cast: Cast, later: Later
) -> None:
    now = clock.now()
    said = Announcement(
        site_id=k1.site_id, camera_id=None, starts_at=now + _HOUR, ends_at=now + 3 * _HOUR, reason="更換交換器"
    )
    window = maintenance.announce(actor=cast.handler, tenant_id=k1.tenant_id, said=said)
    afterwards = replace(said, starts_at=now - 3 * _HOUR, ends_at=now - _HOUR)
    late = maintenance.announce(actor=cast.handler, tenant_id=k1.tenant_id, said=afterwards)
    assert maintenance.is_planned(window)
    assert not maintenance.is_planned(late), "事後說明"
    _gap(k1, now - 2 * _HOUR)
    planned = Word(reason=GapReason.PLANNED, words="更換交換器")
    with pytest.raises(Invalid, match="事後說明"):
        settling.settle(actor=cast.handler, tenant_id=k1.tenant_id, keys=_keys(k1), word=planned)
    settling.settle(actor=cast.handler, tenant_id=k1.tenant_id, keys=_keys(k1), word=BROKEN)

    with later(4 * _HOUR):
        _gap(k1, now + 2 * _HOUR)
        keys = _keys(k1)
        settling.settle(actor=cast.handler, tenant_id=k1.tenant_id, keys=keys, word=planned)

    assert len(keys) == 1, "what was announced is owed a reason as any other gap"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"hours": (2, 1)}, "reversed"),
        ({"hours": (1, 200)}, "too_long"),
        ({"hours": (-24 * 40, -24 * 40 + 1)}, "too_old"),
        ({"hours": (24 * 200, 24 * 200 + 1)}, "too_far"),
        ({"reason": " "}, "words_missing"),
    ],
)
def test_work_is_announced_whole(k1: Institution, cast: Cast, changed: dict[str, object], code: str) -> None:
    now = clock.now()
    first, last = changed.get("hours", (1, 2))  # type: ignore[misc]
    reason = str(changed.get("reason", "更換"))
    said = Announcement(
        site_id=k1.site_id, camera_id=None, starts_at=now + first * _HOUR, ends_at=now + last * _HOUR, reason=reason
    )

    with pytest.raises(Invalid) as refused:
        maintenance.announce(actor=cast.handler, tenant_id=k1.tenant_id, said=said)
    assert refused.value.code == code


@pytest.mark.req("DR-08")
def test_work_on_another_institutions_place_is_not_announced_nor_taken_back(k1: Institution, cast: Cast) -> None:
    e1, now = institution("E1"), clock.now()
    said = Announcement(site_id=e1.site_id, camera_id=None, starts_at=now, ends_at=now + _HOUR, reason="更換")
    for each in (said, replace(said, site_id=k1.site_id, camera_id=e1.cameras["C-GATE"])):
        with pytest.raises(NotFound):
            maintenance.announce(actor=cast.handler, tenant_id=k1.tenant_id, said=each)
    with pytest.raises(NotFound):
        maintenance.withdraw(actor=cast.handler, tenant_id=k1.tenant_id, maintenance_id=uuid4())


def test_work_that_has_begun_stays_on_record(k1: Institution, cast: Cast) -> None:
    ahead = made.maintenance(k1, announced_by=cast.handler.id or uuid4())
    begun = made.maintenance(k1, announced_by=cast.handler.id or uuid4(), hours=(-1, 1))
    maintenance.withdraw(actor=cast.handler, tenant_id=k1.tenant_id, maintenance_id=ahead)

    with pytest.raises(InvalidTransition):
        maintenance.withdraw(actor=cast.handler, tenant_id=k1.tenant_id, maintenance_id=begun)
    assert [each.id for each in maintenance.listed(tenant_id=k1.tenant_id, since=clock.now())] == [begun]


@pytest.mark.req("DR-30", "KH-8-1d")
def test_a_past_day_is_told_again_as_it_was(k1: Institution, cast: Cast) -> None:
    now = clock.now()
    early = made.fault(k1, opened_at=now - 20 * _DAY, kind=FaultKind.DAMAGE)
    past = civil_day(now - 10 * _DAY)
    before = standing(tenant_id=k1.tenant_id, day=past)

    named = {"tenant_id": k1.tenant_id, "fault_id": early}
    steps.report(actor=cast.handler, cause="", words="", **named)
    steps.repair(actor=cast.handler, cause="老化", manner="更換", **named)
    db.session.commit()

    assert standing(tenant_id=k1.tenant_id, day=past) == before
    assert [each for each, _ in before.unreported] == [early]
    today = standing(tenant_id=k1.tenant_id, day=civil_day(now))
    assert (today.unreported, today.unrepaired) == ((), ())
    assert [each for each, _ in today.open] == [early]


def test_a_day_before_anything_was_found_is_empty(k1: Institution) -> None:
    made.fault(k1)
    found = standing(tenant_id=k1.tenant_id, day=civil_day(clock.now()) - 5 * _DAY)

    assert (found.opened, found.open, found.gaps_owed) == (0, (), 0)
