"""Building packages and looking at them as an officer does, with nothing of ours installed."""

import hashlib
import io
import subprocess
import sys
import zipfile
from pathlib import Path

from infra import age, object_keys
from infra.db import db
from infra.objects import ObjectStore
from infra.timestamps import TimestampAuthority
from tenants.disclosures.packages import building as packaging
from tenants.disclosures.packages.keys import open_package_key
from tenants.disclosures.packages.models import PackageState
from tests.factories.evidence import ACTOR
from tests.factories.requests import Request


def built(
    request: Request,
    tmp_path: Path,
    store: ObjectStore | None = None,
    *,
    authority: TimestampAuthority | None = None,
) -> PackageState:
    """Run the build and commit it."""
    state = packaging.build_package(
        actor=ACTOR,
        tenant_id=request.tenant_id,
        package_id=request.package_id,
        store=store or request.archive.store,
        kms=request.archive.kms,
        scratch=tmp_path,
        authority=authority,
        kind=request.archive.kind,
    )
    db.session.commit()
    return state


def opened(request: Request) -> bytes:
    """The package as an officer gets it."""
    package = request.package()
    key = object_keys.package(tenant_id=request.tenant_id, package_id=request.package_id)
    secret = open_package_key(package=package, kms=request.archive.kms, store=request.archive.store)
    plain = age.decrypt(request.archive.store.get(key), secret)
    assert hashlib.sha256(plain).hexdigest() == package.sha256
    assert len(plain) == package.size
    return plain


def unpacked(plain: bytes, folder: Path) -> Path:
    """The package in a folder of its own; what comes back is the `data` folder of its one bag."""
    folder.mkdir()
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    (bag,) = folder.iterdir()
    return bag / "data"


def verified(*arguments: object, folder: Path) -> subprocess.CompletedProcess[str]:
    """`verify.py` in an interpreter without any of our packages."""
    command = [sys.executable, "-I", "-S", str(folder / "verify.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")  # noqa: S603 - ours
