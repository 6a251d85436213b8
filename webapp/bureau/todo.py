"""「現在該做什麼」 of the bureau's first page: who is silent since when, what breaks the law, which rule comes."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from flask import url_for

from infra import clock
from tenants.actor import Actor
from tenants.compliance import forecast, morning
from tenants.compliance.articles import queries
from tenants.compliance.queries import BoardLine
from tenants.profiles import Clause
from tenants.registry import regulations
from tenants.roc_dates import format_date
from webapp.bureau import article_view, emergency_todo, improvements
from webapp.bureau.todo_item import Item

# Half a year: storage has to be budgeted, bought and built in.
SOON = timedelta(days=180)
# Whoever lacks storage so shortly before will not have it in time.
_URGENT = timedelta(days=60)


def to_do(lines: Iterable[BoardLine], *, day: date | None, actor: Actor, now: datetime) -> tuple[Sequence[Item], int]:
    """At most ten things that need somebody, after the rules that come; and how many more there are.

    An open case is its school's to do, and is told here once its day is past. Without a day of findings only what is
    known of this minute can be told.
    """
    found = queries.unmet(day=day, few=morning.FEW) if day is not None else ()
    matters, more = morning.matters(lines, found, now=now)
    asked = (*emergency_todo.items(actor=actor, now=now), *improvements.items(clock.civil_day(now)))
    return [*coming_rules(now), *asked, *article_view.items(matters, now=now)], more


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
            )
