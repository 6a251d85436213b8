"""Roll-ups -> what the bureau's pages show. Every address made here leads to facts, none to footage (DR-09)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest
from typing import Any

from flask import request, url_for

from infra import clock
from infra.causes import GapCause
from tenants.compliance.queries import BoardLine, CameraLine, DayLine
from tenants.compliance.rules import ENOUGH_COVERAGE, STANDING_NAMES, Coverage, LawFacts, Standing, law_faults
from tenants.footage.rules import CAUSE_NAMES, Now
from tenants.permissions import GRANTS, ROLE_NAMES, Permission, Role
from tenants.profiles import RuleProfile
from tenants.registry.models import Tenant, TenantKind
from tenants.registry.regulations import profile
from tenants.roc_dates import short_date
from webapp.filters import coverage, percent
from webapp.paging import Cut, cut

KIND_NAMES: Mapping[TenantKind, str] = {
    TenantKind.ELEMENTARY_SCHOOL: "國民小學",
    TenantKind.PRESCHOOL: "教保服務機構",
    TenantKind.BUREAU: "教育局",
}
OWNERSHIP_NAMES: Mapping[str, str] = {"public": "公立", "private": "私立"}
# The state of a badge: shape and colour; the words come from STANDING_NAMES.
STANDING_BADGES: Mapping[Standing, str] = {
    Standing.NOT_REPORTED: "unknown",
    Standing.NO_DATA: "unknown",
    Standing.FAULT: "bad",
    Standing.TO_DO: "info",
    Standing.FINE: "good",
    Standing.NOT_YET: "info",
    Standing.NO_CAMERA: "info",
    Standing.CLOSED: "info",
}
CAMERA_STATES: Mapping[str, tuple[str, str]] = {
    Now.RECORDING: ("good", "錄影中"),
    Now.NOT_RECORDING: ("bad", "未錄影"),
    Now.SILENT: ("unknown", "未回報"),
}
_PROFILE_OF: Mapping[TenantKind, str] = {
    TenantKind.ELEMENTARY_SCHOOL: "TY_ELEMENTARY",
    TenantKind.PRESCHOOL: "KH_PRESCHOOL",
}
_HOUR, _DAY = 60, 24
_MINISTRY = "教育部"
# As many as a page can show at once on a telephone's line; what needs a person comes first anyway.
PER_PAGE = 50


class Page(Cut[BoardLine]):
    """The lines of one page of the board."""

    def address(self, number: int) -> str:
        """The same view of the list, at another page."""
        kept: dict[str, Any] = {
            name: value for name, value in request.args.items() if name in ("district", "kind", "standing")
        }
        return url_for(str(request.endpoint), page=number, **kept)


@dataclass(frozen=True)
class Point:
    """One bar of a chart. `beside`: what else a chart says of it, such as how many were warned; empty for nothing."""

    label: str
    share: float | None
    kind: str
    words: str
    beside: str = ""


def regulations_in_words(names: Sequence[str], rule: str) -> str:
    """The regulations of a certificate with their versions; `rule` cites them in the same order, with a 、 between."""
    versions = [each.rpartition(" ")[2] for each in rule.split("、")] if rule else []
    said = zip_longest(names or ["未載"], versions, fillvalue="")
    return "、".join(f"{name}（第 {version} 版）" if version else f"{name}（版本未載）" for name, version in said)


def rules_of(kind: TenantKind) -> RuleProfile:
    """The regulation that an institution of this kind mainly stands under, for citing."""
    return profile(_PROFILE_OF[kind], clock.today())


def must_keep_words() -> str:
    """For how many days footage is kept at least by the regulations in force today: one number where they agree."""
    days = {kind: rules_of(kind).retention.min_days for kind in _PROFILE_OF}
    if len(set(days.values())) == 1:
        return f" {min(days.values())} 日"
    return "：" + "、".join(f"{KIND_NAMES[kind]} {number} 日" for kind, number in days.items())


def age_in_days(since: datetime, today: date) -> int:
    """How many civil days ago."""
    return (today - clock.civil_day(since)).days


def page_of(lines: Sequence[BoardLine], number: int) -> Page:
    """One page of lines; a number beyond the last shows the last."""
    return Page(**vars(cut(lines, number, PER_PAGE)))


def law_words(law: LawFacts) -> list[str]:
    """What of the law an institution breaks, the late days included."""
    return [*([f"{law.days_overdue} 日份逾期未完成銷毀"] if law.days_overdue else []), *law_faults(law)]


def lateness(minutes: int) -> str:
    """Minutes as people say them: days and hours, from an hour on."""
    hours, rest = divmod(minutes, _HOUR)
    days, hours = divmod(hours, _DAY)
    words = [f"{days} 日" if days else "", f"{hours} 時" if hours else "", f"{rest} 分" if not days else ""]
    return " ".join(word for word in words if word)


def computed_at(lines: Iterable[BoardLine]) -> datetime | None:
    """When the oldest of the shown facts was taken: a figure is no fresher than its oldest part."""
    return min((line.facts.computed_at for line in lines if line.facts is not None), default=None)


def camera_fault(line: CameraLine) -> str:
    """Why a camera does not record, as its edge box says."""
    return CAUSE_NAMES[GapCause(line.fault)] if line.fault else ""


def points(days: Iterable[DayLine]) -> list[Point]:
    """Coverage by day, for a chart."""
    return [
        Point(
            short_date(line.day),
            line.coverage,
            _bar(line),
            coverage(line.coverage, line.coverage_state),
        )
        for line in days
    ]


# What the colours of the bars of `_bar` mean.
BAR_NAMES: Mapping[str, str] = {
    "good": f"{percent(ENOUGH_COVERAGE)} 以上",
    "bad": f"未達 {percent(ENOUGH_COVERAGE)}",
    "none": "不需錄影",
    "unknown": "無資料",
}


def _bar(line: DayLine) -> str:
    """A bar's colour; a day without anything to record is no deficiency and looks like none."""
    if line.coverage is None:
        return "unknown" if line.coverage_state is Coverage.UNKNOWN else "none"
    return "good" if line.coverage >= ENOUGH_COVERAGE else "bad"


def grant_table() -> list[tuple[Permission, list[tuple[str, bool]]]]:
    """Each permission with, role by role, the role's name and whether it is granted."""
    return [(each, [(ROLE_NAMES[role], role in GRANTS[each]) for role in Role]) for each in Permission]


def role_names() -> list[str]:
    """The columns of the permission table."""
    return [ROLE_NAMES[role] for role in Role]


def authority(tenant: Tenant, bureau_name: str) -> str:
    """Who supervises an institution, by name. The register holds only the rank, which chooses rules (TY-6-3)."""
    return tenant.supervising_authority if tenant.supervising_authority == _MINISTRY else bureau_name


def standing_names() -> list[tuple[str, str]]:
    """Choices for the filter."""
    return [(standing, STANDING_NAMES[standing]) for standing in Standing]
