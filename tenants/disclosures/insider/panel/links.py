"""How a member without an account gets in: a link that dies with the case, a code by mail, one browser's session.

The link alone opens nothing but the question for a code; the code goes to the address that was invited. Only hashes are
kept, and the plain link and code exist in the worker that mails them and nowhere else.
"""

import hashlib
import secrets
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants.actor import Actor
from tenants.audit.events import Event
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.panel import queries
from tenants.disclosures.insider.panel.models import Capacity, PanelLink, PanelMember
from tenants.disclosures.insider.panel.notices import Notice
from tenants.disclosures.insider.panel.rules import CAPACITY_NAMES
from tenants.disclosures.insider.panel.steps import record
from tenants.disclosures.lifecycle import FINAL
from tenants.errors import Invalid, NotFound
from tenants.people import passwords
from tenants.permissions import Permission

CODE_LIFE = timedelta(minutes=10)
CODE_PAUSE = timedelta(minutes=1)
MOST_TRIES = 5
# Of all codes of one link together; then whoever convenes sends a new link. Twenty guesses at a million are nothing.
MOST_FAILURES = 20
SESSION_LIFE = timedelta(hours=4)
_DIGITS = 6
_BYTES = 32


def issue(*, actor: Actor, tenant_id: UUID, member_id: UUID) -> str:
    """A new link's secret for a member without an account, 256 random bits; the one before it is dead."""
    member = queries.member(tenant_id=tenant_id, member_id=member_id)
    token, link = secrets.token_urlsafe(_BYTES), _link_of(member)
    if link is None:
        link = PanelLink(id=uuid4(), tenant_id=tenant_id, member_id=member.id)
        db.session.add(link)
    link.token_hash, link.issued_at, link.failures = _hash(token), clock.now(), 0
    link.session_hash, link.session_until = "", None
    _forget_code(link)
    link.code_asked_at = None
    _record(Event.PANEL_LINK_ISSUED, member, actor)
    return token


def invited(*, tenant_id: UUID, token: str) -> PanelMember:
    """The member whom a living link was sent to. Raises `NotFound` for any other, and after the case is over."""
    return _living(tenant_id, token)[0]


def ask_code(*, actor: Actor, tenant_id: UUID, token: str) -> None:
    """Have a code sent to the address that was invited. Raises `Invalid` when one was asked for a moment ago."""
    member, link = _living(tenant_id, token)
    now = clock.now()
    if link.code_asked_at is not None and now - link.code_asked_at < CODE_PAUSE:
        raise Invalid("驗證碼剛寄出，請稍候一分鐘。沒有收到時，請檢查垃圾郵件匣後再試。", field="code")
    link.code_asked_at = now
    _forget_code(link)
    record(
        Event.PANEL_CODE_ASKED,
        _case(member),
        actor=_as(member, actor),
        tell=(Notice.CODE, [member]),
        member_id=str(member.id),
    )


def make_code(*, actor: Actor, tenant_id: UUID, member_id: UUID) -> str | None:
    """Six digits for the mail, valid for ten minutes from now; None when nobody waits for them any more."""
    member = queries.member(tenant_id=tenant_id, member_id=member_id)
    link, now = _link_of(member), clock.now()
    if link is None or link.code_asked_at is None or now - link.code_asked_at > CODE_LIFE:
        return None
    code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
    link.code_hash, link.code_until, link.code_tries = passwords.hashed(code), now + CODE_LIFE, 0
    _record(Event.PANEL_CODE_MADE, member, actor)
    return code


def enter(*, actor: Actor, tenant_id: UUID, token: str, code: str) -> tuple[PanelMember, str] | None:
    """The member and the secret of a new session of one browser, for the right code; None for any other.

    A wrong one counts, so the caller lets the transaction commit. A code opens once; a new session ends the one before.
    """
    member, link = _living(tenant_id, token)
    now = clock.now()
    usable = link.code_until is not None and now < link.code_until and link.code_tries < MOST_TRIES
    typed = "".join(each for each in code if each.isdigit())
    if not passwords.matches(typed, link.code_hash if usable else None):
        link.code_tries, link.failures = link.code_tries + 1, link.failures + 1
        record(
            Event.PANEL_CODE_REFUSED,
            _case(member),
            actor=_as(member, actor),
            member_id=str(member.id),
            failures=link.failures,
        )
        return None
    _forget_code(link)
    secret = secrets.token_urlsafe(_BYTES)
    link.failures, link.session_hash, link.session_until = 0, _hash(secret), now + SESSION_LIFE
    _record(Event.PANEL_ENTERED, member, _as(member, actor))
    return member, secret


def inside(*, actor: Actor, tenant_id: UUID, member_id: UUID, secret: str) -> Actor:
    """The member of a session as an actor, while session, seat and case live. Raises `NotFound`."""
    member = queries.member(tenant_id=tenant_id, member_id=member_id)
    link = _link_of(member)
    if link is None or link.session_until is None or clock.now() >= link.session_until:
        raise NotFound
    if not secrets.compare_digest(link.session_hash, _hash(secret)) or not _lives(member):
        raise NotFound
    return _as(member, actor)


def leave(*, actor: Actor, tenant_id: UUID, member_id: UUID) -> None:
    """End the session; the link asks for a new code."""
    actor.require(Permission.PANEL_SIT)
    member = queries.member(tenant_id=tenant_id, member_id=member_id)
    link = _link_of(member)
    if link is None or actor.id != member.id:
        raise NotFound
    link.session_hash, link.session_until = "", None
    _record(Event.PANEL_LEFT, member, actor)


def _living(tenant_id: UUID, token: str) -> tuple[PanelMember, PanelLink]:
    query = select(PanelLink).where(PanelLink.tenant_id == tenant_id, PanelLink.token_hash == _hash(token))
    link = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if link is None or link.failures >= MOST_FAILURES:
        raise NotFound
    member = queries.member(tenant_id=tenant_id, member_id=link.member_id)
    if not _lives(member):
        raise NotFound
    return member, link


def _lives(member: PanelMember) -> bool:
    return member.replaced_at is None and _case(member).state not in FINAL


def _case(member: PanelMember) -> InsiderRequest:
    return queries.case_of(queries.meeting(tenant_id=member.tenant_id, meeting_id=member.meeting_id))


def _link_of(member: PanelMember) -> PanelLink | None:
    query = select(PanelLink).where(PanelLink.tenant_id == member.tenant_id, PanelLink.member_id == member.id)
    return db.session.scalar(query.with_for_update().execution_options(populate_existing=True))


def _forget_code(link: PanelLink) -> None:
    link.code_hash, link.code_until, link.code_tries = "", None, 0


def _as(member: PanelMember, actor: Actor) -> Actor:
    """The member as who acts. The chain names the seat; the person's name stays in the row that the id points to."""
    return replace(actor, id=member.id, name=CAPACITY_NAMES[Capacity(member.capacity)])


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _record(event: Event, member: PanelMember, actor: Actor) -> None:
    record(event, _case(member), actor=actor, member_id=str(member.id))
