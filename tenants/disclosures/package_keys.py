"""The key of one package: made when it is built, and opened by the process that hands it over."""

from uuid import UUID

from infra import object_keys
from infra.kms import Kms
from infra.objects import ObjectStore
from infra.shares import Lock
from tenants.disclosures.models import Package
from tenants.errors import NotFound
from tenants.footage import keys


def package_lock(*, tenant_id: UUID, package_id: UUID, recipient: str) -> Lock:
    """What a sealed package key is bound to."""
    prefix = object_keys.package_shares(tenant_id=tenant_id, package_id=package_id)
    return Lock(f"package_key:{tenant_id}:{package_id}", object_keys.share(prefix, recipient))


def open_package_key(*, package: Package, kms: Kms, store: ObjectStore) -> str:
    """The secret that opens a package and its pieces. Raises `NotFound` before it was built, and as `keys.opened`."""
    if package.wrapped_secret is None:
        raise NotFound
    lock = package_lock(tenant_id=package.tenant_id, package_id=package.id, recipient=package.recipient)
    return keys.opened(package.wrapped_secret, lock, kms=kms, store=store)
