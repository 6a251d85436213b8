"""The key of one package: made when it is built, and opened by the process that hands it over."""

from uuid import UUID

from sqlalchemy import select

from infra import object_keys
from infra.db import db
from infra.kms import Kms
from infra.objects import ObjectStore
from infra.shares import Expected, Lock
from tenants.disclosures.packages.models import HandoverPassphrase, Package
from tenants.errors import NotFound
from tenants.footage import keys
from tenants.footage.rewrapping import WrappedRows


def package_key_context(*, tenant_id: UUID, package_id: UUID) -> str:
    """What both layers of a sealed package key are bound to."""
    return f"package_key:{tenant_id}:{package_id}"


def passphrase_context(*, tenant_id: UUID, passphrase_id: UUID) -> str:
    """What the passphrase of a hand-over is bound to under the master key."""
    return f"handover_passphrase:{tenant_id}:{passphrase_id}"


def package_lock(*, tenant_id: UUID, package_id: UUID, recipient: str) -> Lock:
    """What a sealed package key is bound to."""
    prefix = object_keys.package_shares(tenant_id=tenant_id, package_id=package_id)
    context = package_key_context(tenant_id=tenant_id, package_id=package_id)
    return Lock(context, object_keys.share(prefix, recipient))


def open_package_key(*, package: Package, kms: Kms, store: ObjectStore) -> str:
    """The secret that opens a package. Raises `NotFound` before it was built, and as `keys.opened`."""
    if package.wrapped_secret is None:
        raise NotFound
    lock = package_lock(tenant_id=package.tenant_id, package_id=package.id, recipient=package.recipient)
    return keys.opened(package.wrapped_secret, lock, kms=kms, store=store)


def expected_shares(*, tenant_id: UUID) -> list[Expected]:
    """The share of every package that was built."""
    query = select(Package).where(Package.tenant_id == tenant_id, Package.recipient != "").order_by(Package.ordered_at)
    return [
        Expected(
            package_lock(tenant_id=tenant_id, package_id=package.id, recipient=package.recipient).share,
            f"交付檔 {package.id}",
            alive=package.wrapped_secret is not None,
        )
        for package in db.session.scalars(query)
    ]


PACKAGE_KEYS = WrappedRows(
    "package_keys",
    Package,
    (Package.id,),
    lambda tenant_id, package_id: package_key_context(tenant_id=tenant_id, package_id=package_id),
)
PASSPHRASES = WrappedRows(
    "passphrases",
    HandoverPassphrase,
    (HandoverPassphrase.id,),
    lambda tenant_id, passphrase_id: passphrase_context(tenant_id=tenant_id, passphrase_id=passphrase_id),
)
