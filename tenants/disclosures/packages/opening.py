"""A finished package as the store keeps it, opened and checked by whoever passes it on."""

from typing import IO

from infra import age, object_keys
from infra.chunked import Hashed
from infra.kms import Kms
from infra.objects import ObjectStore
from tenants.disclosures.packages.keys import open_package_key
from tenants.disclosures.packages.models import Package
from tenants.errors import Tampered


def open_package(*, package: Package, into: IO[bytes], kms: Kms, store: ObjectStore) -> None:
    """Put the plain package into a file, which then stands at its first byte, in constant memory.

    Raises `NotFound` before it was built, `Tampered` when it is not the one that was, and as `keys.opened`.
    """
    secret = open_package_key(package=package, kms=kms, store=store)
    key = object_keys.package(tenant_id=package.tenant_id, package_id=package.id)
    plain = Hashed(into)
    try:
        with age.opening(secret, plain.write) as arriving:
            store.read_into(key, arriving)
    except age.CannotDecrypt as error:
        raise Tampered("交付檔無法開啟，沒有交付或保存。請洽平台維運人員。") from error
    if plain.sha256 != package.sha256:
        raise Tampered("交付檔與製作時的雜湊不符，沒有交付或保存。請洽平台維運人員。")
    into.seek(0)
