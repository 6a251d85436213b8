"""What a panel reads of an application: coded names, no identity number, no telephone, never footage (Q-09, KH-6-Pb).

The applicant's own words are shown with every name that the institution knows replaced. A name that nobody told us
cannot be known: whoever convenes reads the brief first.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tenants.disclosures.asking import Grant
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.panel.rules import beyond_incident
from tenants.disclosures.insider.purpose import advice
from tenants.disclosures.insider.rules import APPLICANT_NAMES, FOR_A_CHILD, GROUND_NAMES, Applicant, Ground, Incident
from tenants.disclosures.window_views import WindowView, views
from tenants.disclosures.windows import windows_of
from tenants.people import queries as people

_ORDER = "甲乙丙丁戊己庚辛壬癸"
# What follows a surname where people speak of somebody at a school.
_TITLES = "老師|教師|教保員|主任|組長|園長|校長|助理|護理師|阿姨|叔叔|先生|小姐|女士"
_CHINESE_NAME = range(2, 5)
_WITH_GIVEN = range(3, 5)


@dataclass(frozen=True, kw_only=True)
class AskedFor:
    """One window of the application: the camera's name and the span.

    `nothing` is why there is no footage of it, with the certificate; empty where there is some (KH-6-3b). `lost`: it
    was destroyed after it had been asked for, which is a breach of DR-01.
    """

    window_id: UUID
    camera: str
    started_at: datetime
    ended_at: datetime
    nothing: str
    lost: bool


@dataclass(frozen=True, kw_only=True)
class Brief:
    """The application as the panel sees it. `beyond_minutes` is how far it reaches past the incident, rounded up.

    `advised` is an answer that the regulation suggests, such as where no right is named (KH-6-2c6); mostly empty.
    """

    serial: str
    applied_on: date
    applicant: str
    relation: str
    ground: str
    right: str
    reason: str
    advised: str
    incident: Incident | None
    windows: Sequence[AskedFor]
    beyond_minutes: int


def brief_of(found: InsiderRequest) -> Brief:
    """The brief of a case. The session is bound to its institution."""
    asked = [_asked(view) for view in views(found, list(windows_of(found).values()))]
    incident = (
        Incident(started_at=found.incident_from, ended_at=found.incident_until)
        if found.incident_from is not None and found.incident_until is not None
        else None
    )
    grants = [Grant(window_id=each.window_id, started_at=each.started_at, ended_at=each.ended_at) for each in asked]
    codes = codes_of(found)
    return Brief(
        serial=found.serial,
        applied_on=found.applied_on,
        applicant=APPLICANT_NAMES[Applicant(found.applicant_class)],
        relation=coded(found.relation, codes),
        ground=GROUND_NAMES[Ground(found.ground)],
        right=coded(found.concerned_right, codes),
        reason=coded(found.reason, codes),
        advised=advice(Ground(found.ground), found.concerned_right),
        incident=incident,
        windows=asked,
        beyond_minutes=-int(-beyond_incident(grants, incident).total_seconds() // 60),
    )


def codes_of(found: InsiderRequest) -> dict[str, str]:
    """What each name that the institution knows is called in the brief: the applicant, the child, its people."""
    users = {user.id: user.name for _held, user in people.staff(tenant_id=found.tenant_id)}
    involved = [users[UUID(each)] for each in found.excluded if UUID(each) in users]
    others = [name for name in dict.fromkeys(users.values()) if name not in involved]
    return names_and_codes(
        applicant=found.applicant_name,
        child=found.child_name if Applicant(found.applicant_class) in FOR_A_CHILD else "",
        involved=involved,
        staff=others,
    )


def names_and_codes(*, applicant: str, child: str, involved: Iterable[str], staff: Iterable[str]) -> dict[str, str]:
    """Each way in which somebody may be named, and what stands there instead. Earlier ones win: the child first."""
    codes: dict[str, str] = {}
    _add(codes, child, "幼兒（學生）甲")
    _add(codes, applicant, "申請人")
    for number, name in enumerate(dict.fromkeys(involved)):
        _add(codes, name, f"關係人{_ordinal(number)}", titled=True)
    for name in dict.fromkeys(staff):
        _add(codes, name, "教職員", titled=True)
    return codes


def coded(text: str, codes: Mapping[str, str]) -> str:
    """The text with every known name replaced, the longest first, so that no part of a name is left."""
    if not codes:
        return text
    names = sorted(codes, key=len, reverse=True)
    return re.sub("|".join(names), lambda hit: _code(hit.group(), codes), text)


def _code(hit: str, codes: Mapping[str, str]) -> str:
    exact = codes.get(re.escape(hit))
    if exact is not None:
        return exact
    return next(code for pattern, code in codes.items() if re.fullmatch(pattern, hit))


def _add(codes: dict[str, str], name: str, code: str, *, titled: bool = False) -> None:
    """A name, its given part and pet form, and for people of the school the surname before a title, as patterns."""
    name = "".join(name.split())
    if not name:
        return
    patterns = [re.escape(name)]
    if len(name) in _WITH_GIVEN:
        given = name[1:] if len(name) == _WITH_GIVEN.start else name[2:]
        patterns += [re.escape(given), f"[小阿]{re.escape(name[-1])}", re.escape(name[-1] * 2)]
    elif len(name) in _CHINESE_NAME:
        patterns += [f"[小阿]{re.escape(name[-1])}", re.escape(name[-1] * 2)]
    if titled and len(name) in _CHINESE_NAME:
        patterns.append(f"{re.escape(name[0])}(?:{_TITLES})")
    for pattern in patterns:
        codes.setdefault(pattern, code)


def _ordinal(number: int) -> str:
    return _ORDER[number] if number < len(_ORDER) else str(number + 1)


def _asked(view: WindowView) -> AskedFor:
    window = view.window
    return AskedFor(
        window_id=window.id,
        camera=window.camera_name,
        started_at=window.started_at,
        ended_at=window.ended_at,
        nothing=view.nothing,
        lost=view.lost,
    )
