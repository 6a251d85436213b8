"""From the codes in a picture that leaked to the session that showed it: who looked, with whom, at what (KH-5-1c)."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from infra.db import db
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.disclosures.insider.models import excluded
from tenants.disclosures.viewing import queries
from tenants.disclosures.viewing.companions import companions_of
from tenants.disclosures.viewing.models import ViewingOpening, ViewingSession
from tenants.errors import Invalid
from tenants.people import queries as people
from tenants.permissions import Permission

# As `actions.begin` makes them: a letter that says whose, and five. `?` stands for one that nobody can read.
_CODE = re.compile(r"(?<![0-9A-Z?-])([SV])([0-9A-Z?]{5})(?![0-9A-Z?-])")
_MOST_UNREAD = 2
_LONGEST = 200
_ANY = "%"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is read in a picture, as it was typed, and why somebody asks."""

    code: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Codes:
    """The codes that were read, as patterns of SQL's `like`; `said` is as people read them."""

    viewer: str
    session: str
    said: str


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A window of which pictures were shown, and when it was opened first."""

    camera: str
    span: tuple[datetime, datetime]
    opened_at: datetime


@dataclass(frozen=True, kw_only=True)
class Traced:
    """One session: the case, who looked (unit, title, name), who operated and who accompanied, and what was shown."""

    viewing_id: UUID
    disclosure_id: UUID
    serial: str
    code: str
    viewer_code: str
    viewer: str
    operator: str
    companions: tuple[str, ...]
    began_at: datetime
    ended_at: datetime | None
    shown: tuple[Shown, ...]


def read(typed: str) -> Codes:
    """The codes in what was typed, a whole line of the mark or one code. Raises `Invalid`, field `code`."""
    found = {kind: f"{kind}{rest}" for kind, rest in _CODE.findall(unicodedata.normalize("NFKC", typed).upper())}
    if not found or any(code.count("?") > _MOST_UNREAD for code in found.values()):
        raise Invalid(
            "請輸入畫面上 V 或 S 開頭的 6 碼代碼，例如 V7K3M2；看不清楚的字以 ? 代替，一組最多 2 個。", field="code"
        )
    likes = {kind: code.replace("?", "_") for kind, code in found.items()}
    return Codes(viewer=likes.get("V", _ANY), session=likes.get("S", _ANY), said=" ".join(sorted(found.values())))


def check(asked: Asked) -> Codes:
    """The codes of an asking that says why. Raises `Invalid` with the form's field."""
    codes = read(asked.code)
    if not asked.reason.strip():
        raise Invalid("請填寫追查的事由，例如「家長群組出現翻拍照片」。查詢會留下紀錄。", field="reason")
    if len(asked.reason) > _LONGEST:
        raise Invalid(f"事由最多{_LONGEST}字。", field="reason")
    return codes


def trace(*, actor: Actor, tenant_id: UUID, asked: Asked, about: UUID | None = None) -> Sequence[Traced]:
    """The institution's sessions with these codes, the newest first; the asking is an event, also where none is found.

    `about` is the case that it is asked for. Of a case that concerns whoever asks nothing is found (DR-27). Raises
    `Invalid` with the form's field.
    """
    actor.require(Permission.VIEWING_TRACE)
    codes = check(asked)
    query = select(ViewingSession).where(
        ViewingSession.tenant_id == tenant_id,
        ViewingSession.viewer_code.like(codes.viewer),
        ViewingSession.code.like(codes.session),
    )
    every = db.session.scalars(query.order_by(ViewingSession.began_at.desc()))
    found = [each for each in every if str(actor.id) not in excluded(queries.case_of(each))]
    record_trace(actor=actor, tenant_id=tenant_id, asked=asked, viewings=[each.id for each in found], about=about)
    return [traced(each) for each in found]


def record_trace(
    *, actor: Actor, tenant_id: UUID, asked: Asked, viewings: Sequence[UUID], about: UUID | None = None
) -> None:
    """Note in the chain of `tenant_id` who asked for which codes, why, and what was found."""
    audit.record(
        Event.VIEWING_TRACED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=about,
        code=read(asked.code).said,
        reason=asked.reason.strip(),
        viewings=[str(each) for each in viewings],
    )


def traced(viewing: ViewingSession) -> Traced:
    """What a session tells whoever looks for a leak."""
    return Traced(
        viewing_id=viewing.id,
        disclosure_id=viewing.disclosure_id,
        serial=queries.case_of(viewing).serial,
        code=viewing.code,
        viewer_code=viewing.viewer_code,
        viewer=f"{viewing.viewer_unit} {viewing.viewer_title} {viewing.viewer_name}",
        operator=_name(viewing.operator_id),
        companions=tuple(map(_name, companions_of(viewing))),
        began_at=viewing.began_at,
        ended_at=viewing.ended_at,
        shown=_shown(viewing),
    )


def _shown(viewing: ViewingSession) -> tuple[Shown, ...]:
    query = select(ViewingOpening).where(
        ViewingOpening.tenant_id == viewing.tenant_id, ViewingOpening.viewing_id == viewing.id
    )
    first: dict[UUID, datetime] = {}
    for each in db.session.scalars(query.order_by(ViewingOpening.opened_at)):
        first.setdefault(each.window_id, each.opened_at)
    windows = queries.approved(viewing)
    return tuple(
        Shown(camera=windows[one].camera_name, span=queries.span_of(windows[one]), opened_at=at)
        for one, at in first.items()
        if one in windows
    )


def _name(user_id: UUID) -> str:
    user = people.user(user_id=user_id)
    return user.name if user is not None else ""
