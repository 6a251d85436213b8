"""簽署保密切結: by one's own PIN, or entered from the paper on which it was signed (KH-5-2, TY-4-2)."""

from datetime import date
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Invalid, NotFound
from tenants.people import pins, queries
from tenants.people.undertakings import rules, texts
from tenants.people.undertakings.models import Occasion, Undertaking
from tenants.permissions import DESIGNATED_ROLES, Permission


def sign(*, actor: Actor, tenant_id: UUID, user_id: UUID, occasion: Occasion, version: str, pin: str) -> Undertaking:
    """Sign with the person's own PIN, at their own screen or the head's.

    Raises `NotFound` for somebody who never had duties here, `Invalid` for a text that is not the newest, and what
    `pins.prove` raises: of a wrong PIN the try is counted, and its caller commits.
    """
    if actor.id != user_id:
        actor.require(Permission.PEOPLE_MANAGE)
    _check_bound(tenant_id, user_id)
    if version != texts.NEWEST:
        raise Invalid("切結書的文字已更新，請重新閱讀後再簽署。", field="pin")
    pins.prove(user_id=user_id, pin=pin, actor=actor)
    return _write(actor, tenant_id, user_id, occasion, signed_on=clock.today(), paper="")


def note_paper(
    *, actor: Actor, tenant_id: UUID, user_id: UUID, occasion: Occasion, paper: str, signed_on: date | None
) -> Undertaking:
    """Enter a signature with ink under the newest text: who left without a PIN signs so. Raises `Invalid`."""
    actor.require(Permission.PEOPLE_MANAGE)
    _check_bound(tenant_id, user_id)
    if actor.id == user_id:
        raise Invalid("自己的切結請以 PIN 簽署，不能由本人登記紙本。", field="paper")
    day = rules.check_paper(paper=paper, signed_on=signed_on, today=clock.today())
    return _write(actor, tenant_id, user_id, occasion, signed_on=day, paper=paper.strip())


def _check_bound(tenant_id: UUID, user_id: UUID) -> None:
    if not any(user.id == user_id for user in queries.ever(tenant_id=tenant_id, roles=DESIGNATED_ROLES)):
        raise NotFound


def _write(
    actor: Actor, tenant_id: UUID, user_id: UUID, occasion: Occasion, *, signed_on: date, paper: str
) -> Undertaking:
    made = Undertaking(id=uuid4(), tenant_id=tenant_id, user_id=user_id, occasion=occasion, version=texts.NEWEST)
    made.signed_on, made.paper = signed_on, paper
    made.noted_at, made.noted_by = clock.now(), person(actor)
    db.session.add(made)
    audit.record(
        Event.UNDERTAKING_SIGNED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=made.id,
        user_id=str(user_id),
        occasion=occasion,
        version=made.version,
        sha256=texts.digest(made.version),
        paper=made.paper,
    )
    return made
