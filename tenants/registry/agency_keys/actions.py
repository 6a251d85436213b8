"""Audited writes of agencies' public keys.

Acts about them are the bureau's, as those about agencies are: whoever could put a key of their own here would read what
is meant for the agency, so nobody can alone (KH-6-5b).
"""

from uuid import UUID, uuid4

from sqlalchemy import select

from infra import clock
from infra.age_keys import NoRecipient, check_recipient, name_of
from infra.db import db
from infra.tenancy import Binding, bound
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Invalid, NotAllowed, NotFound
from tenants.permissions import Permission
from tenants.registry import queries
from tenants.registry.agency_keys.models import AgencyKey
from tenants.registry.agency_keys.queries import keys_of

_SECRET = "AGE-SECRET-KEY-"  # noqa: S105 - how every private key of age begins


def register_key(*, actor: Actor, agency_id: UUID, recipient: str) -> AgencyKey:
    """Register a public key for the officer's own agency; it is used once the operator confirmed it.

    Raises `Invalid` for what is no such key, is known already, or while another one waits; `NotFound` elsewhere.
    """
    actor.require(Permission.AGENCY_KEY_REGISTER)
    if actor.id is None or actor.agency_id != agency_id:
        raise NotFound
    typed = recipient.strip()
    if typed.upper().startswith(_SECRET):
        raise Invalid(
            "這是私鑰，切勿提供給任何人。系統沒有留存；請重新產生一組金鑰，只登記 age1 開頭的公鑰。", field="recipient"
        )
    try:
        check_recipient(typed)
    except NoRecipient as error:
        sentence = "這不是 age 的公鑰。請貼上 age-keygen 產生、以 age1 開頭的整行文字。"
        raise Invalid(sentence, field="recipient") from error
    held = [key for key in keys_of(agency_id=agency_id) if key.revoked_at is None]
    if any(key.recipient == typed for key in held):
        raise Invalid("這把公鑰已登記。", field="recipient")
    if any(key.confirmed_at is None for key in held):
        raise Invalid("已有一把公鑰等待核定。請先停用它，再登記另一把。", field="recipient")
    key = AgencyKey(id=uuid4(), agency_id=agency_id, recipient=typed, registered_at=clock.now(), registered_by=actor.id)
    db.session.add(key)
    db.session.flush()
    _record(Event.AGENCY_KEY_REGISTERED, key, actor)
    return key


def confirm_key(*, actor: Actor, agency_id: UUID, agency_key_id: UUID) -> AgencyKey:
    """Confirm a key that was compared with the agency by telephone; it is used from now on. Repeatable.

    The session is the bureau's. Raises `Invalid` for a key that was revoked.
    """
    actor.require(Permission.AGENCY_VERIFY)
    if actor.id is None:
        raise NotAllowed("公鑰須由平台維運人員本人核定。")
    key = _locked(agency_id, agency_key_id)
    if key.revoked_at is not None:
        raise Invalid("這把公鑰已停用，不能核定。", code="revoked")
    if key.confirmed_at is None:
        key.confirmed_at, key.confirmed_by = clock.now(), actor.id
        _record(Event.AGENCY_KEY_CONFIRMED, key, actor)
    return key


def revoke_key(*, actor: Actor, agency_id: UUID, agency_key_id: UUID, reason: str) -> AgencyKey:
    """Use a key no longer, from now on: by an officer of its agency, or by the operator. Repeatable."""
    is_own = actor.agency_id == agency_id
    actor.require(Permission.AGENCY_KEY_REGISTER if is_own else Permission.AGENCY_VERIFY)
    if not reason.strip():
        raise Invalid("請敘明停用的理由，例如保管人異動、私鑰遺失。", field="reason")
    key = _locked(agency_id, agency_key_id)
    if key.revoked_at is None:
        key.revoked_at, key.revoked_by, key.revoke_reason = clock.now(), actor.id, reason.strip()
        _record(Event.AGENCY_KEY_REVOKED, key, actor, reason=key.revoke_reason)
    return key


def _locked(agency_id: UUID, agency_key_id: UUID) -> AgencyKey:
    query = select(AgencyKey).where(AgencyKey.agency_id == agency_id, AgencyKey.id == agency_key_id).with_for_update()
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def _record(event: Event, key: AgencyKey, actor: Actor, **fields: str) -> None:
    bureau_id = queries.bureau().id
    about = {"agency_id": str(key.agency_id), "recipient": name_of(key.recipient)}
    with bound(db.session, Binding(tenant_id=bureau_id)):
        audit.record(event, tenant_id=bureau_id, actor=actor, subject_id=key.id, **about, **fields)
