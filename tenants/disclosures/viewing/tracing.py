"""From the codes in a picture that leaked to who looked, with whom, at what: in a session or without (KH-5-1c)."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from infra.db import db
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.audit.picture_codes import EventCode, find
from tenants.disclosures.insider.models import excluded
from tenants.disclosures.viewing import queries
from tenants.disclosures.viewing.companions import companions_of
from tenants.disclosures.viewing.models import ViewingOpening, ViewingSession
from tenants.disclosures.viewing.traced_openings import TracedOpening, openings
from tenants.errors import Invalid
from tenants.people import queries as people
from tenants.permissions import Permission

# As `actions.begin` makes them: a letter that says whose, and five. `?` stands for one that nobody can read.
_CODE = re.compile(r"(?<![0-9A-Z?-])([SV])([0-9A-Z?]{5})(?![0-9A-Z?-])")
_MOST_UNREAD = 2
_LONGEST = 200
_ANY, _NONE = "%", ""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is read in a picture, as it was typed, and why somebody asks."""

    code: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Codes:
    """The codes that were read, those of a session as patterns of SQL's `like`; `said` is as people read them."""

    viewer: str
    session: str
    event: EventCode
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


@dataclass(frozen=True, kw_only=True)
class Found:
    """What showed pictures with these codes at one institution, the newest first."""

    sessions: Sequence[Traced]
    openings: Sequence[TracedOpening]

    def __len__(self) -> int:
        """How many in all."""
        return len(self.sessions) + len(self.openings)


def read(typed: str) -> Codes:
    """The codes in what was typed, a whole line of the mark or one code. Raises `Invalid`, field `code`."""
    text = unicodedata.normalize("NFKC", typed).upper()
    found = {kind: f"{kind}{rest}" for kind, rest in _CODE.findall(text)}
    event = find(text)
    said = sorted(filter(None, [event, *found.values()]))
    if not said or any(part.count("?") > _MOST_UNREAD for code in said for part in code.split("-")):
        raise Invalid(
            "請輸入畫面上 V 或 S 開頭的 6 碼代碼，例如 V7K3M2，或 R 開頭的代碼，例如 R123-9F2A；"
            "看不清楚的字以 ? 代替，一組最多 2 個。",
            field="code",
        )
    likes = {kind: code.replace("?", "_") for kind, code in found.items()}
    other = _ANY if likes else _NONE
    return Codes(
        viewer=likes.get("V", other),
        session=likes.get("S", other),
        event=EventCode.of(event),
        said=" ".join(said),
    )


def check(asked: Asked) -> Codes:
    """The codes of an asking that says why. Raises `Invalid` with the form's field."""
    codes = read(asked.code)
    if not asked.reason.strip():
        raise Invalid("請填寫追查的事由，例如「家長群組出現翻拍照片」。查詢會留下紀錄。", field="reason")
    if len(asked.reason) > _LONGEST:
        raise Invalid(f"事由最多{_LONGEST}字。", field="reason")
    return codes


def trace(*, actor: Actor, tenant_id: UUID, asked: Asked, about: UUID | None = None) -> Found:
    """What showed pictures with these codes at the institution; the asking is an event, also where none is found.

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
    found = Found(
        sessions=[traced(each) for each in every if str(actor.id) not in excluded(queries.case_of(each))],
        openings=openings(tenant_id=tenant_id, actor=actor, code=codes.event),
    )
    record_trace(actor=actor, tenant_id=tenant_id, asked=asked, found=[found], about=about)
    return found


def record_trace(
    *, actor: Actor, tenant_id: UUID, asked: Asked, found: Iterable[Found], about: UUID | None = None
) -> None:
    """Note in the chain of `tenant_id` who asked for which codes, why, and what was found where."""
    places = list(found)
    audit.record(
        Event.VIEWING_TRACED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=about,
        code=read(asked.code).said,
        reason=asked.reason.strip(),
        viewings=[str(each.viewing_id) for place in places for each in place.sessions],
        openings=[each.seq for place in places for each in place.openings],
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
