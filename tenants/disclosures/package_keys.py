"""The key of one package: made when it is built, and opened by the process that hands it over."""

from uuid import UUID

from infra.kms import Kms
from tenants.disclosures.models import Package
from tenants.errors import NotFound


def package_key_context(*, tenant_id: UUID, package_id: UUID) -> str:
    """What a wrapped package key is bound to under the master key."""
    return f"package_key:{tenant_id}:{package_id}"


def open_package_key(*, package: Package, kms: Kms) -> str:
    """The secret that opens a package and its pieces. Raises `NotFound` before it was built."""
    if package.wrapped_secret is None:
        raise NotFound
    context = package_key_context(tenant_id=package.tenant_id, package_id=package.id)
    return kms.unwrap(package.wrapped_secret, context=context).decode()
