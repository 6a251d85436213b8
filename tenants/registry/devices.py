"""Edge boxes: a one-time code, the box that enrols with it, and its withdrawal."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from infra import queues
from infra.db import db
from infra.signing import BadSignature, check
from tenants.actor import Actor, ActorKind
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Invalid, InvalidTransition, NotFound
from tenants.permissions import Permission
from tenants.registry import notices, queries, standing
from tenants.registry.models import EdgeDevice, EnrolmentToken, Site

TOKEN_LIFETIME = timedelta(hours=24)
_SECRET_BYTES = 24


class TokenRefused(InvalidTransition):
    """The enrolment code cannot be used. `code` says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Applicant:
    """What a box says of itself when it enrols. `proof` is its signature over the code, made with the key it names."""

    name: str
    public_key: str
    proof: str


def issue_token(*, actor: Actor, tenant_id: UUID, site_id: UUID, now: datetime) -> str:
    """A code with which one box may enrol at this site, once, within 24 hours. Shown now and never again.

    Raises `Invalid` for a first box where the notice does not hang yet (KH-5-1b).
    """
    actor.require(Permission.DEVICE_ENROL)
    standing.refuse_closed(tenant_id=tenant_id, what="不能再核發註冊碼")
    site = db.session.get(Site, site_id)
    if site is None or site.tenant_id != tenant_id or actor.id is None:
        raise NotFound
    notices.check_live(site)
    token = f"{tenant_id.hex}.{secrets.token_urlsafe(_SECRET_BYTES)}"
    expires_at = now + TOKEN_LIFETIME
    held = EnrolmentToken(
        tenant_id=tenant_id,
        site_id=site_id,
        token_hash=_hash(token),
        expires_at=expires_at,
        issued_by=actor.id,
    )
    db.session.add(held)
    db.session.flush()
    audit.record(
        Event.DEVICE_TOKEN_ISSUED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=held.id,
        site_id=str(site_id),
        expires_at=expires_at.isoformat(),
    )
    return token


def withdraw_token(*, actor: Actor, tenant_id: UUID, token_id: UUID, now: datetime) -> None:
    """Take a code back before a box enrolled with it; from then on it is refused as a used one is.

    Withdrawing a second time changes nothing. Raises `TokenRefused` for a code that a box was quicker with.
    """
    actor.require(Permission.DEVICE_ENROL)
    held = db.session.get(EnrolmentToken, token_id, with_for_update=True, populate_existing=True)
    if held is None or held.tenant_id != tenant_id or actor.id is None:
        raise NotFound
    if held.used_at is not None:
        raise TokenRefused("token_used", "這組註冊碼已經有主機使用，不能撤回。如不認得那台主機，請改為撤銷該主機。")
    if held.withdrawn_at is not None:
        return
    held.withdrawn_at, held.withdrawn_by = now, actor.id
    audit.record(
        Event.DEVICE_TOKEN_WITHDRAWN,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=token_id,
        site_id=str(held.site_id),
    )


def tenant_of_token(token: str) -> UUID:
    """The institution a code says it is of, so that the session can be bound before the code is looked up."""
    try:
        return UUID(hex=token.split(".", 1)[0])
    except ValueError as error:
        raise _unknown() from error


def enrol(*, actor: Actor, tenant_id: UUID, token: str, applicant: Applicant, now: datetime) -> EdgeDevice:
    """Make the box of this code a device of its site. Raises `TokenRefused` for a code that is unknown, used or old.

    The code's row is locked, so that of two boxes with one code exactly one enrols.
    """
    _refuse_unproven(token, applicant)
    if queries.tenant_exists(tenant_id=tenant_id):  # a code may name anything; what it names is looked up below
        standing.refuse_closed(tenant_id=tenant_id, what="不能再註冊邊緣主機")
    held = db.session.scalar(
        select(EnrolmentToken)
        .where(EnrolmentToken.tenant_id == tenant_id, EnrolmentToken.token_hash == _hash(token))
        .with_for_update()
    )
    _refuse_unusable(held, now)
    assert held is not None  # noqa: S101 - refused above
    device = EdgeDevice(
        tenant_id=tenant_id,
        site_id=held.site_id,
        name=applicant.name,
        public_key=applicant.public_key,
        enrolled_at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(device)
    except IntegrityError as error:  # one key is one device, also when another institution's rows cannot be seen
        raise Invalid(
            "這把主機金鑰已註冊過。請以新的資料夾重新執行註冊。", field="public_key", code="key_known"
        ) from error
    held.used_at, held.device_id = now, device.id
    audit.record(
        Event.DEVICE_ENROLLED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=device.id,
        site_id=str(device.site_id),
        public_key=device.public_key,
    )
    queues.enqueue_after_commit(db.session, queues.Job.MAKE_KEYS, tenant_id=tenant_id)
    return device


def revoke(*, actor: Actor, tenant_id: UUID, device_id: UUID, now: datetime) -> None:
    """Refuse the box from its next request on. What it recorded stays; a box that is found again enrols anew."""
    actor.require(Permission.DEVICE_ENROL)
    device = db.session.get(EdgeDevice, device_id, with_for_update=True)
    if device is None or device.tenant_id != tenant_id:
        raise NotFound
    if device.revoked_at is not None:
        return
    device.revoked_at, device.revoked_by = now, actor.id
    audit.record(Event.DEVICE_REVOKED, tenant_id=tenant_id, actor=actor, subject_id=device_id, device_id=str(device_id))


def device_actor(device: EdgeDevice, *, address: str = "", client: str = "") -> Actor:
    """The box as one who acts."""
    return Actor(kind=ActorKind.DEVICE, id=device.id, name=device.name, address=address, client=client)


def _refuse_unproven(token: str, applicant: Applicant) -> None:
    try:
        check(applicant.public_key, token.encode(), applicant.proof)
    except BadSignature as error:
        raise Invalid(
            "邊緣主機的金鑰證明不符。請在邊緣主機重新執行註冊。", field="proof", code="bad_signature"
        ) from error


def _refuse_unusable(held: EnrolmentToken | None, now: datetime) -> None:
    if held is None:
        raise _unknown()
    if held.used_at is not None or held.withdrawn_at is not None:  # whoever holds a code learns no more of it
        raise TokenRefused(
            "token_used", "這組註冊碼已經使用過，每組註冊碼只能註冊一台邊緣主機。請機構承辦人重新核發一組註冊碼。"
        )
    if now >= held.expires_at:
        raise TokenRefused("token_expired", "這組註冊碼已超過 24 小時而失效。請機構承辦人重新核發一組註冊碼。")


def _unknown() -> TokenRefused:
    return TokenRefused("token_unknown", "註冊碼不正確。請確認完整複製註冊碼，或請機構承辦人重新核發。")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
