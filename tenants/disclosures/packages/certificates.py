"""The key with which an institution signs what leaves it: made at the first need, wrapped by the master key."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from infra import certificates, clock
from infra.certificates import NotItsKey, OwnCertificate
from infra.db import db
from infra.kms import Kms, KmsUnavailable
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.disclosures.packages.models import SigningCertificate
from tenants.errors import Tampered, Unavailable
from tenants.footage.rewrapping import WrappedRows
from tenants.registry.models import Tenant

# What is signed today must be checked for years, also by readers that stop at a certificate's last day.
_NEW_BEFORE_END = timedelta(days=2 * 365)


@dataclass(frozen=True, kw_only=True)
class Signer:
    """An institution's key, opened for one job. `row` is what is kept of it, and `is_new` until that was kept."""

    own: OwnCertificate
    row: SigningCertificate
    is_new: bool


def signing_key_context(*, tenant_id: UUID, certificate_id: UUID) -> str:
    """What a wrapped signing key is bound to under the master key."""
    return f"signing_key:{tenant_id}:{certificate_id}"


SIGNING_KEYS = WrappedRows(
    "signing_keys",
    SigningCertificate,
    (SigningCertificate.id,),
    lambda tenant_id, certificate_id: signing_key_context(tenant_id=tenant_id, certificate_id=certificate_id),
)


def signer(*, tenant_id: UUID, kms: Kms) -> Signer:
    """The institution's newest key, or one made just now for `keep`.

    Raises `Tampered` when key and certificate of the row do not belong together, `CannotUnwrap` when the row is of
    another institution, and `Unavailable`.
    """
    row = db.session.scalar(
        select(SigningCertificate)
        .where(SigningCertificate.tenant_id == tenant_id, SigningCertificate.ends_at > clock.now() + _NEW_BEFORE_END)
        .order_by(SigningCertificate.made_at.desc(), SigningCertificate.id)
        .limit(1)
    )
    if row is None:
        return _new(tenant_id, kms)
    try:
        secret = kms.unwrap(row.wrapped_secret, context=signing_key_context(tenant_id=tenant_id, certificate_id=row.id))
    except KmsUnavailable as error:
        raise Unavailable from error
    own = OwnCertificate(secret=secret, certificate=row.certificate)
    try:
        certificates.check_pair(own)
    except NotItsKey as error:
        raise Tampered("機構的簽章金鑰與憑證不符，無法簽署。請洽平台維運人員。") from error
    return Signer(own=own, row=row, is_new=False)


def keep(made: Signer, *, actor: Actor) -> None:
    """Enter a key that was made, in the transaction of what it signed first; one that was known stays as it is.

    Two first packages at the same moment make two keys. Both stay, and each package names its own.
    """
    if not made.is_new:
        return
    db.session.add(made.row)
    db.session.flush()
    audit.record(
        Event.SIGNING_CERTIFICATE_MADE,
        tenant_id=made.row.tenant_id,
        actor=actor,
        subject_id=made.row.id,
        fingerprint=made.row.fingerprint,
        ends_on=clock.civil_day(made.row.ends_at).isoformat(),
    )


def _new(tenant_id: UUID, kms: Kms) -> Signer:
    made_at, certificate_id = clock.now().replace(microsecond=0), uuid4()
    name = db.session.get_one(Tenant, tenant_id).name
    own = certificates.issue(name=name, identifier=str(tenant_id), at=made_at)
    context = signing_key_context(tenant_id=tenant_id, certificate_id=certificate_id)
    row = SigningCertificate(
        id=certificate_id,
        tenant_id=tenant_id,
        certificate=own.certificate,
        fingerprint=certificates.fingerprint(own.certificate),
        made_at=made_at,
        ends_at=made_at + certificates.VALID_FOR,
        wrapped_secret=kms.wrap(own.secret, context=context),
    )
    return Signer(own=own, row=row, is_new=True)
