"""One failure is one matter: a box that is silent is told once, under every name that it has (DR-31). Pure.

The minute says that it is silent, its open fault that a switch or the box is broken, and after two days the warning of
loss that its footage runs out. The warning is told where there is one, as the most pressing; else the silence.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tenants.compliance.articles.catalogue import AT_RISK, OPEN_FAULTS
from tenants.compliance.articles.queries import Unmet
from tenants.compliance.articles.risks import UNHEARD
from tenants.compliance.queries import BoardLine
from tenants.compliance.rules import Standing, silent_since
from tenants.upkeep.faults.kinds import FaultKind


@dataclass(frozen=True, kw_only=True)
class Silence:
    """An institution of which nobody hears. `fault` is its box's open one in words; `is_warned`: its loss is told."""

    since: datetime | None
    fault: str
    is_warned: bool

    def named(self, words: str) -> str:
        """Words that tell of the silence, with the name under which somebody works at it."""
        return f"{words}；{self.fault}" if self.fault else words


def silences(lines: Iterable[BoardLine], findings: Iterable[Unmet], *, now: datetime) -> Mapping[UUID, Silence]:
    """By institution, of those that are silent at this minute."""
    faults: dict[UUID, str] = {}
    warned: set[UUID] = set()
    for each in findings:
        if each.article == AT_RISK:
            warned.add(each.tenant_id)
        for said in each.listed if each.article == OPEN_FAULTS else ():
            if _is_of_box(said):
                faults.setdefault(each.tenant_id, said["why"])
    return {
        line.tenant_id: Silence(
            since=silent_since(line.facts, now) if line.facts is not None else None,
            fault=faults.get(line.tenant_id, ""),
            is_warned=line.tenant_id in warned and _is_long(line, now),
        )
        for line in lines
        if line.judgement.standing is Standing.NOT_REPORTED
    }


def others(findings: Iterable[Unmet], silent: Mapping[UUID, Silence]) -> Iterator[Unmet]:
    """The findings without the faults that are the silence itself."""
    for each in findings:
        if each.article != OPEN_FAULTS or each.tenant_id not in silent:
            yield each
            continue
        left = [said for said in each.listed if not _is_of_box(said)]
        if left:
            wrong = each.wrong - (len(each.listed) - len(left))
            since = min((date.fromisoformat(said["since"]) for said in left if said["since"]), default=None)
            yield each._replace(wrong=wrong, since=since, listed=left)


def _is_of_box(said: Mapping[str, str]) -> bool:
    return said.get("kind") == FaultKind.BOX_OR_SWITCH


def _is_long(line: BoardLine, now: datetime) -> bool:
    """Whether all its boxes are out of contact for so long that the warning of loss is of this silence."""
    last = line.facts.last_report_at if line.facts is not None else None
    return last is not None and now - last >= UNHEARD
