"""The passphrase of a copy that left without a key of its agency: told by telephone, never beside the link (KH-6-5b).

It is drawn as the copy leaves, and whoever at the institution answers the officer's call sees it once. Digits in groups
of four: what is read out and typed must not depend on large and small letters.
"""

import secrets
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import select

from infra import clock
from infra.db import db
from infra.kms import Kms, KmsUnavailable
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.disclosures.models import Disclosure
from tenants.disclosures.official.finished_copies import copy_of
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.packages.keys import passphrase_context
from tenants.disclosures.packages.models import HandoverPassphrase
from tenants.disclosures.progress import record, start
from tenants.disclosures.steps import Step
from tenants.errors import Invalid, Unavailable

# 80 bits: with the work of age's scrypt beyond whoever has the file alone.
_GROUPS, _DIGITS = 6, 4


@dataclass(frozen=True, kw_only=True)
class Wrapped:
    """A passphrase as its row will keep it."""

    id: UUID
    secret: bytes


def drawn() -> str:
    """A new passphrase, hyphens included."""
    return "-".join(f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}" for _group in range(_GROUPS))


def wrapped(passphrase: str, *, tenant_id: UUID, kms: Kms) -> Wrapped:
    """The same under the master key."""
    passphrase_id = uuid4()
    context = passphrase_context(tenant_id=tenant_id, passphrase_id=passphrase_id)
    return Wrapped(id=passphrase_id, secret=kms.wrap(passphrase.encode(), context=context))


def kept(passphrase: Wrapped, disclosure: OfficialRequest) -> HandoverPassphrase:
    """The row of a passphrase, to be added in the transaction of the hand-over."""
    return HandoverPassphrase(
        id=passphrase.id,
        tenant_id=disclosure.tenant_id,
        disclosure_id=disclosure.id,
        wrapped_secret=passphrase.secret,
        made_at=clock.now(),
    )


def show_passphrase(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID, kms: Kms) -> str:
    """The passphrase of the latest hand-over, for the one time that it is shown; afterwards nobody has it.

    Raises `Invalid` when none waits, and `Unavailable`.
    """
    disclosure = start(
        OfficialRequest, Step.SHOW_PASSPHRASE, actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id
    )
    row = waiting(tenant_id=tenant_id, disclosure_id=disclosure_id)
    if row is None or row.wrapped_secret is None:
        raise Invalid(
            "通行碼已顯示過或已作廢，系統沒有留存。承辦人仍無法開啟時，請重新開放領取，再次領取會產生新的通行碼。",
            code="no_passphrase",
        )
    context = passphrase_context(tenant_id=tenant_id, passphrase_id=row.id)
    try:
        passphrase = kms.unwrap(row.wrapped_secret, context=context).decode()
    except KmsUnavailable as error:
        raise Unavailable from error
    row.wrapped_secret, row.shown_at, row.shown_by = None, clock.now(), person(actor)
    record(Step.SHOW_PASSPHRASE, actor=actor, disclosure=disclosure, package_id=str(copy_of(disclosure).id))
    return passphrase


def forget_passphrase(*, actor: Actor, disclosure: Disclosure, package_id: UUID) -> bool:
    """End a passphrase that was not told: what it opens will not be opened by it any more. Whether there was one."""
    row = waiting(tenant_id=disclosure.tenant_id, disclosure_id=disclosure.id)
    if row is None:
        return False
    row.wrapped_secret = None
    audit.record(
        Event.DISCLOSURE_PASSPHRASE_FORGOTTEN,
        tenant_id=disclosure.tenant_id,
        actor=actor,
        subject_id=disclosure.id,
        serial=disclosure.serial,
        package_id=str(package_id),
    )
    return True


def waiting(*, tenant_id: UUID, disclosure_id: UUID) -> HandoverPassphrase | None:
    """The passphrase that nobody has seen yet; there is at most one."""
    of_case = HandoverPassphrase.tenant_id == tenant_id, HandoverPassphrase.disclosure_id == disclosure_id
    return db.session.scalar(select(HandoverPassphrase).where(*of_case, HandoverPassphrase.wrapped_secret.is_not(None)))
