"""The year's own law agrees with the service's, and its watch sees what would be wrong (`make year`)."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra import clock
from tenants import periods
from tests.year.law import Own, Version, days_of, gone_after_release, owed, owed_by_net, version_of
from tests.year.opening import Opener
from tests.year.schools import Recorded
from tests.year.seen import Day, Seen
from tests.year.watch import Held, Judge, Watch

DAY, K1 = date(2026, 3, 1), uuid4()
TEXT = [
    Version(code="KH", name="1", begins=date(2020, 1, 1), days=14),
    Version(code="KH", name="2", begins=date(2026, 6, 1), days=30),
]
KEY, SHARE = f"seg/d14/{K1}/{DAY}/camera/one.age", f"keys/{K1}/days/{DAY}/d14/age1.share"
DAY_OF_K1 = Day(K1, DAY, 14)
PAPER: dict[str, Any] = {"rule": "KH 1", "articles": ["要點五(三)"]}
RULES = [{"ID": "shouyuan-d14", "Filter": {"Prefix": "seg/d14/"}, "Expiration": {"Days": 22}}]


def on(days: int) -> date:
    return DAY + timedelta(days=days)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(14, periods.MAX_RETENTION_DAYS))
@pytest.mark.req("DR-04", "KH-5-3c")
def test_two_readings_of_the_law_that_know_nothing_of_each_other_agree(day: date, days: int) -> None:
    told = owed(day, days)
    assert told.through == periods.kept_through(day, days)
    assert told.gone_after == periods.destroyable_on(day, days)
    assert told.year_ends == periods.destroyed_by(day)
    uploaded = clock.day_start(day) + timedelta(hours=20)
    rule = clock.civil_day(periods.store_expiry(uploaded, periods.lifecycle_days(days)))
    net = owed_by_net(day, days)
    assert net.through < rule <= net.gone_after <= net.year_ends


def test_a_night_without_a_worker_is_nobodys_lateness_and_the_next_one_is() -> None:
    assert owed(DAY, 14, idle={on(15), on(16)}).gone_after == on(17)
    assert gone_after_release(on(3), idle=[on(3)]) == on(4)


@pytest.mark.req("DR-10")
def test_a_day_is_held_to_the_text_and_the_decision_of_that_day() -> None:
    own = [Own(begins=date(2026, 2, 1), days=20), Own(begins=date(2026, 4, 1))]
    asked = [date(2026, 1, 31), date(2026, 2, 1), date(2026, 4, 1), date(2026, 5, 31), date(2026, 6, 1)]
    assert [days_of(day, TEXT, own) for day in asked] == [14, 20, 14, 14, 30]
    assert [version_of(day, TEXT).name for day in asked] == ["1", "1", "1", "1", "2"]


class Stage:
    """A watch over a bucket that is only said to be one."""

    def __init__(self) -> None:
        self.seen, self.today = Seen(), DAY
        judge = Judge(
            owed=lambda day: owed(day, 14), days=lambda _: 14, cites=lambda day: f"KH {version_of(day, TEXT).name}"
        )
        opener = SimpleNamespace(secret=lambda _: None, read=lambda *_: b"plain")
        self.watch = Watch(
            lambda: self.seen, cast("Opener", opener), self.now, {K1: judge}, frozenset(), DAY + timedelta(days=90)
        )
        self.watch.take([made()], put_at=self.now())

    def now(self) -> datetime:
        return datetime.combine(self.today, datetime.min.time(), UTC) + timedelta(hours=12)

    def look(self, day: int, *there: str, **more: object) -> dict[str, int]:
        """What the watch counts as wrong after an evening on which these keys lie in the bucket."""
        self.today = on(day)
        folders = {key.rpartition("/")[0] + "/" for key in there}
        rows = {DAY_OF_K1: "age1"} if SHARE in there else {}
        shown = {"current": set(there), "anything": set(there), "folders": folders, "rows": rows, "rules": RULES}
        self.seen = Seen(**(shown | more))  # type: ignore[arg-type]  # a dictionary of its fields
        self.watch.look(self.today)
        return {kind: self.watch.tally[kind] for kind in ("early", "late", "uncited") if self.watch.tally[kind]}


def made() -> Recorded:
    return Recorded(
        school="K1",
        tenant_id=K1,
        day=DAY,
        days=14,
        camera="C-GATE",
        segment_id=uuid4(),
        started_at=clock.day_start(DAY),
        key=KEY,
        line=None,
        plain=b"plain",
        cipher=b"cipher",
    )


@pytest.fixture
def stage() -> Stage:
    made_stage = Stage()
    assert made_stage.look(0, KEY, SHARE) == {}
    return made_stage


def test_a_day_that_goes_in_its_night_with_its_paper_is_fine(stage: Stage) -> None:
    assert stage.look(14, KEY, SHARE) == {}
    assert stage.look(15, begun={DAY_OF_K1}, certified={DAY_OF_K1: PAPER}) == {}
    assert stage.watch.is_over
    assert (stage.watch.tally["certificates"], stage.watch.tally["opened"], stage.watch.tally["tried"]) == (1, 1, 1)


def test_an_object_or_a_key_that_goes_a_day_early_is_seen(stage: Stage) -> None:
    gone = {"begun": {DAY_OF_K1}, "certified": {DAY_OF_K1: PAPER}}
    assert stage.look(14, SHARE, **gone) == {"early": 1}
    assert stage.look(14, **gone) == {"early": 2}


def test_an_object_that_a_rule_takes_is_cited_only_by_a_rule_that_is_old_enough(stage: Stage) -> None:
    assert stage.look(16, SHARE) == {"uncited": 1, "late": 1}  # by nobody; and its key outlives its night


def test_a_rule_is_old_enough_from_the_moment_before_the_upload_on(stage: Stage) -> None:
    assert stage.look(22) == {}
    assert stage.watch.tally["gone by shouyuan-d14"] == 1


def test_a_rule_of_the_store_that_takes_what_is_owed_is_early(stage: Stage) -> None:
    hasty = [{"ID": "tidy", "Filter": {"Prefix": "seg/"}, "Expiration": {"Days": 10}}]
    assert stage.look(12, SHARE, rules=hasty) == {"early": 1}
    assert stage.watch.tally["gone by tidy"] == 1


def test_what_the_store_took_in_its_time_while_our_day_lagged_is_no_proof_and_no_fault(stage: Stage) -> None:
    stage.watch.store_now = lambda: datetime(2026, 3, 24, tzinfo=UTC)
    assert stage.look(13, SHARE) == {}
    assert (stage.watch.tally["hurried"], stage.watch.tally["gone by shouyuan-d14"]) == (1, 1)


def test_what_is_there_after_its_night_is_late_in_whatever_form(stage: Stage) -> None:
    begun = {"begun": {DAY_OF_K1}, "certified": {DAY_OF_K1: PAPER}}
    assert stage.look(15, KEY, current=set(), **begun) == {}
    assert stage.look(16, KEY, current=set(), **begun) == {"late": 1}  # a version or a marker is enough


def test_a_paper_that_cites_another_days_text_is_seen(stage: Stage) -> None:
    other = PAPER | {"rule": "KH 2"}
    assert stage.look(15, begun={DAY_OF_K1}, certified={DAY_OF_K1: other}) == {"uncited": 1}


def test_a_destruction_that_never_gets_its_paper_is_seen(stage: Stage) -> None:
    assert stage.look(15, begun={DAY_OF_K1}) == {}
    stage.watch.close()
    assert stage.watch.tally["uncited"] == 1


def test_what_a_hold_lost_is_early_and_what_outlives_it_is_late(stage: Stage) -> None:
    copy = "evidence/k1/holds/h/one.age"
    held = Held(name="hold", prefix="evidence/k1/holds/h/", shares="keys/k1/holds/h/", copies={copy: made()})
    stage.watch.held.append(held)
    gone = {"begun": {DAY_OF_K1}, "certified": {DAY_OF_K1: PAPER}}
    assert stage.look(15, copy, **gone) == {}
    held.released = on(16)
    assert stage.look(17, copy) == {"late": 1}
    stage.look(18)
    assert stage.watch.is_over
    held.released = None
    stage.watch.held.append(held)
    assert stage.look(19)["early"] == 1


def test_a_destroyed_key_that_a_backup_brings_back_is_counted_and_tried(stage: Stage) -> None:
    stage.look(15, begun={DAY_OF_K1}, certified={DAY_OF_K1: PAPER})
    stage.seen = Seen(rows={DAY_OF_K1: "age1"}, rules=RULES)
    assert stage.watch.brought_back() == (1, 0)
    assert stage.look(16, rows={DAY_OF_K1: "age1"}) == {"late": 1}, "and it may not stay"
