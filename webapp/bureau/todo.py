"""「現在該做什麼」 of the bureau's first page: which rule comes, what waits for the bureau, who is silent since when.

Ten lines whatever waits (DR-30, journey B1): what finds no place is counted, with the list that has it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import url_for

from infra import clock
from tenants.actor import Actor
from tenants.compliance import city_morning, forecast, morning
from tenants.permissions import ROLE_NAMES, Role
from tenants.profiles import Clause
from tenants.registry import regulations
from tenants.roc_dates import format_date
from webapp.bureau import article_view, emergency_todo, improvements
from webapp.bureau.todo_item import Item

# Half a year: storage has to be budgeted, bought and built in.
SOON = timedelta(days=180)
# Whoever lacks storage so shortly before will not have it in time.
_URGENT = timedelta(days=60)
# The lists behind what the morning tells, by their pages.
_MATTERS, _RULES = "bureau.matters.index", "bureau.regulations.index"
_EMERGENCIES, _IMPROVEMENTS = "bureau.emergencies.index", "bureau.improvements.index"
_LISTS: Mapping[str, str] = {
    _RULES: "即將施行的規定",
    _EMERGENCIES: "緊急存取",
    _IMPROVEMENTS: "改善事項",
    _MATTERS: "機構的待處理事項",
}


@dataclass(frozen=True, kw_only=True)
class Left:
    """How many things of one kind found no place, and the list that has them all."""

    count: int
    words: str
    href: str


@dataclass(frozen=True, kw_only=True)
class ToDo:
    """At most ten things that need somebody, and what was left out, list by list."""

    items: Sequence[Item]
    left: Sequence[Left]

    @property
    def more(self) -> int:
        """How many things were left out."""
        return sum(each.count for each in self.left)


def to_do(*, day: date | None, actor: Actor, now: datetime) -> ToDo:
    """What the officer reads first: what presses on the bureau itself, what waits at institutions, and its own rest.

    An open case is its school's to do, and is told here once its day is past.
    """
    matters = city_morning.matters(day=day, now=now)
    asked = _asked(actor=actor, now=now)
    of_asked, of_matters = morning.places(asked=len(asked), matters=len(matters))
    left = Counter(kind for kind, _ in asked[of_asked:])
    if len(matters) > of_matters:
        left[_MATTERS] = len(matters) - of_matters
    own = [item for _, item in asked[:of_asked]]
    pressing, rest = ([item for item in own if item.urgent is urgent] for urgent in (True, False))
    return ToDo(
        items=[*pressing, *article_view.items(matters[:of_matters], now=now), *rest],
        left=[Left(count=left[kind], words=words, href=url_for(kind)) for kind, words in _LISTS.items() if left[kind]],
    )


def _asked(*, actor: Actor, now: datetime) -> Sequence[tuple[str, Item]]:
    """What waits for the bureau itself, each with the list behind it; what is urgent first."""
    found = [
        *((_RULES, item) for item in coming_rules(now)),
        *((_EMERGENCIES, item) for item in emergency_todo.items(actor=actor, now=now)),
        *((_IMPROVEMENTS, item) for item in improvements.items(clock.civil_day(now))),
    ]
    return sorted(found, key=lambda each: not each[1].urgent)


def coming_rules(now: datetime) -> Iterator[Item]:
    """Each scheduled version that takes force soon and for which something is left to do."""
    today = clock.civil_day(now)
    for schedule in regulations.living():
        if not today < schedule.effective_from <= today + SOON:
            continue
        rule = regulations.profile(schedule.code, schedule.effective_from)
        lacking, unknown, waiting = forecast.outlook(schedule_id=schedule.id, today=today)
        left = [
            f"{lacking} 個場所儲存空間不足" if lacking else "",
            f"{unknown} 個場所不知空間是否足夠" if unknown else "",
            f"{waiting} 個場所尚未登記通過" if waiting else "",
        ]
        if any(left):
            begins = f"{rule.name}第 {schedule.version} 版自{format_date(schedule.effective_from)}起施行"
            yield Item(
                text=f"{begins}：{'、'.join(words for words in left if words)}",
                href=url_for("bureau.regulations.show", schedule_id=schedule.id),
                article=rule.article(Clause.RETENTION_MIN),
                urgent=bool(lacking) and schedule.effective_from <= today + _URGENT,
                note=f"{(schedule.effective_from - today).days} 日後施行；由各該機構{ROLE_NAMES[Role.HANDLER]}處理",
            )
