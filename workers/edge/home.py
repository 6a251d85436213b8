"""Everything an edge box keeps, in one folder that only its own account may read."""

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_OWNER_ONLY = 0o600


class NotEnrolled(Exception):
    """The folder belongs to no enrolled box yet."""

    def __init__(self) -> None:
        super().__init__("這台邊緣主機尚未註冊。請先執行：python -m workers.edge enrol --server 網址 --token 註冊碼")


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who the box became when it enrolled, and where its server is."""

    server: str
    device_id: UUID
    tenant_id: UUID
    site_id: UUID


@dataclass(frozen=True)
class Home:
    """The folder. `spool` holds encrypted segments that are not safely in the store yet."""

    folder: Path

    @property
    def spool(self) -> Path:
        """Encrypted segments and their signed lines, one folder a camera."""
        return self.folder / "spool"

    @property
    def ledger(self) -> Path:
        """The index of the spool, and the gaps."""
        return self.folder / "ledger.sqlite3"

    @property
    def config(self) -> Path:
        """What the server said last; the box goes on with it alone."""
        return self.folder / "config.json"

    @property
    def cameras(self) -> Path:
        """Addresses and passwords of cameras; they stay here."""
        return self.folder / "cameras.toml"

    @property
    def lock(self) -> Path:
        """Held by the one recorder of this folder."""
        return self.folder / "lock"

    @property
    def _identity(self) -> Path:
        return self.folder / "identity.json"

    def make(self) -> None:
        """Make the folders, closed to others."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        self.spool.mkdir(exist_ok=True)

    def folder_of(self, camera_id: UUID) -> Path:
        """A camera's part of the spool, there also after a power cut."""
        folder = self.spool / str(camera_id)
        if not folder.exists():
            folder.mkdir()
            sync_folder(self.spool)
        return folder

    def device_key(self) -> Ed25519PrivateKey:
        """The box's own key, made here at first and never copied anywhere."""
        path = self.folder / "device.key"
        if not path.exists():
            made = Ed25519PrivateKey.generate()
            pem = made.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            write_durably(path, pem)
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        assert isinstance(key, Ed25519PrivateKey)  # noqa: S101 - only this method writes the file
        return key

    def is_enrolled(self) -> bool:
        """Whether the box is somebody already."""
        return self._identity.exists()

    def identity(self) -> Identity:
        """Who the box is. Raises `NotEnrolled`."""
        if not self.is_enrolled():
            raise NotEnrolled
        held = json.loads(self._identity.read_text(encoding="utf-8"))
        ids = {name: UUID(held[name]) for name in ("device_id", "tenant_id", "site_id")}
        return Identity(server=held["server"], **ids)

    def keep_identity(self, identity: Identity) -> None:
        """Remember who the box became."""
        text = json.dumps({name: str(value) for name, value in vars(identity).items()}, indent=1)
        write_durably(self._identity, text.encode())

    def addresses(self) -> Mapping[UUID, str]:
        """Where each camera's stream is."""
        if not self.cameras.exists():
            return {}
        held: dict[str, Any] = tomllib.loads(self.cameras.read_text(encoding="utf-8"))
        return {UUID(camera_id): str(entry["url"]) for camera_id, entry in held.items()}

    def keep_address(self, camera_id: UUID, address: str) -> None:
        """Remember a camera's stream, in a file that only this account may read."""
        held = {**self.addresses(), camera_id: address}
        # A JSON string is a TOML basic string, so no address can break out of its line.
        entries = [f"[{one}]\nurl = {json.dumps(url)}\n" for one, url in sorted(held.items(), key=str)]
        write_durably(self.cameras, "\n".join(entries).encode())


def write_durably(path: Path, data: bytes) -> None:
    """Replace a file so that after a power cut it holds the old bytes or the new, and no others."""
    passing = path.with_name(f".{path.name}.new")
    descriptor = os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    passing.rename(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
