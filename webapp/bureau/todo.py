"""「現在該做什麼」 of the bureau's first page: who is silent since when, what breaks the law, which rule comes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from flask import url_for

from infra import clock
from tenants.compliance.forecast import Room
from tenants.compliance.queries import BoardLine
from tenants.compliance.rules import ENOUGH_COVERAGE, NowFacts, Standing, law_faults, silent_since
from tenants.profiles import Clause
from tenants.registry import regulations
from tenants.roc_dates import format_date, format_instant
from webapp.bureau import presenters, regulation_view

_NEEDING = frozenset({Standing.NOT_REPORTED, Standing.NO_DATA, Standing.FAULT})
# What one morning can hold; the board below shows the rest.
MOST_ITEMS = 10
# Half a year: storage has to be budgeted, bought and built in.
SOON = timedelta(days=180)
# Whoever lacks storage so shortly before will not have it in time.
_URGENT = timedelta(days=60)
_ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Item:
    """One thing that needs a person, for the 「現在該做什麼」 box."""

    text: str
    href: str
    article: str
    urgent: bool


def to_do(lines: Iterable[BoardLine], *, now: datetime) -> list[Item]:
    """At most ten institutions that need somebody at the bureau, and the rules that come.

    The longest silent stand first. An open case is its school's to do, and is told here once its day is past.
    """
    needing = [line for line in lines if line.judgement.standing in _NEEDING]
    needing.sort(key=lambda line: (line.judgement.urgency, _since(line, now) or _ALWAYS))
    return [*coming_rules(now), *(_item(line, now) for line in islice(needing, MOST_ITEMS))]


def coming_rules(now: datetime) -> Iterator[Item]:
    """Each scheduled version that takes force soon and for which something is left to do."""
    today = clock.civil_day(now)
    for schedule in regulations.living():
        if not today < schedule.effective_from <= today + SOON:
            continue
        asked = regulation_view.forecast_of_schedule(schedule, 1)
        lacking, unknown = asked.rooms[Room.LACKING], asked.rooms[Room.UNKNOWN]
        left = [
            f"{lacking} 個場所儲存空間不足" if lacking else "",
            f"{unknown} 個場所不知空間是否足夠" if unknown else "",
            f"{asked.waiting} 個場所尚未登記通過" if asked.waiting else "",
        ]
        if any(left):
            begins = f"{asked.rule.name}第 {schedule.version} 版自{format_date(schedule.effective_from)}起施行"
            yield Item(
                text=f"{begins}：{'、'.join(words for words in left if words)}",
                href=url_for("bureau.regulations.show", schedule_id=schedule.id),
                article=asked.article,
                urgent=bool(lacking) and schedule.effective_from <= today + _URGENT,
            )


def _item(line: BoardLine, now: datetime) -> Item:
    since = _since(line, now)
    lasting = ""
    if since is not None:
        minutes = (now - since) // timedelta(minutes=1)
        lasting = f"（自{format_instant(since.replace(second=0, microsecond=0))}起，已 {presenters.lateness(minutes)}）"
    return Item(
        text=f"{line.name}：{'、'.join(line.judgement.reasons)}{lasting}",
        href=url_for("bureau.institution", institution_id=line.tenant_id),
        article=presenters.rules_of(line.kind).article(_clause(line)),
        urgent=line.facts is not None and _is_urgent(line.facts),
    )


def _since(line: BoardLine, now: datetime) -> datetime | None:
    """Since when an institution is silent; None where it is not, or was never heard."""
    if line.facts is None or line.judgement.standing is not Standing.NOT_REPORTED:
        return None
    return silent_since(line.facts, now)


def _clause(line: BoardLine) -> Clause:
    """The article that is broken, the floor before the ceiling before recording before answering."""
    facts = line.facts
    if facts is not None and (facts.short_cameras or (facts.law is not None and facts.law.floor_missing)):
        return Clause.RETENTION_MIN
    if facts is not None and facts.law is not None and any(law_faults(facts.law)):
        return Clause.RETENTION_MAX
    if facts is not None and facts.late_requests and line.judgement.standing is Standing.FAULT and _records(facts):
        return Clause.AGENCY_REPLY
    return Clause.CONTINUITY


def _records(facts: NowFacts) -> bool:
    whole = facts.coverage_today is None or facts.coverage_today >= ENOUGH_COVERAGE
    return facts.recording_now == facts.cameras and whole


def _is_urgent(facts: NowFacts) -> bool:
    return bool(
        facts.short_cameras or facts.overdue_destructions or (facts.law is not None and any(law_faults(facts.law)))
    )
