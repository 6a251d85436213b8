"""Everything an edge box keeps, in one folder that only its own account may read."""

import fcntl
import json
import os
import secrets
import tomllib
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.stream_addresses import hides_something, without_password
from workers.edge import spool_mark
from workers.edge.sealing import BoxKey, CannotOpen, credential, new_key

_OWNER_ONLY = 0o600


class NotEnrolled(Exception):
    """The folder belongs to no enrolled box yet."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"資料夾 {folder} 裡的邊緣主機尚未註冊。請先執行：sudo shouyuan-edge enrol --server 網址 --token 註冊碼；"
            "已在別的資料夾註冊的，請以 --home 指定該資料夾。"
        )


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
        """Where cameras are, without passwords; a person may read and edit it."""
        return self.folder / "cameras.toml"

    @property
    def _passwords(self) -> Path:
        """Passwords of cameras, sealed with the box's key. They stay here, and no command prints one."""
        return self.folder / "cameras.sealed"

    @property
    def settings(self) -> Path:
        """What whoever runs the machine says of it, such as how much of the disk the spool may take."""
        return self.folder / "box.toml"

    @property
    def lock(self) -> Path:
        """Held by the one recorder of this folder."""
        return self.folder / "lock"

    @property
    def spool_lock(self) -> Path:
        """Held by the one recorder of this spool, by whichever folder it came to it."""
        return self.spool / "lock"

    @property
    def _identity(self) -> Path:
        return self.folder / "identity.json"

    @property
    def _spool_mark(self) -> Path:
        return self.spool / "shouyuan-spool"

    def make(self) -> None:
        """Make the folders, closed to others. Raises `SpoolMissing` when the spool is another box's."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        self.spool.mkdir(exist_ok=True)
        if self._spool_mark.exists() and not self.is_enrolled():
            raise spool_mark.anothers(self.spool)

    def check_spool(self) -> None:
        """Raise `SpoolMissing` unless the spool is the one that was made at enrolment: a disk may not be mounted."""
        if self.is_enrolled():
            spool_mark.check(self._identity, self._spool_mark)

    def adopt_spool(self) -> None:
        """Mark the spool of a box that was enrolled by a version that marked none. Raises `SpoolMissing`."""
        if "spool_id" in json.loads(self._identity.read_text(encoding="utf-8")):
            return
        self.spool.mkdir(exist_ok=True)
        if self._spool_mark.exists():
            raise spool_mark.anothers(self.spool)
        self.keep_identity(self.identity())

    def folder_of(self, camera_id: UUID) -> Path:
        """A camera's part of the spool, there also after a power cut. Raises `SpoolMissing`, and then makes nothing."""
        self.check_spool()
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
            raise NotEnrolled(self.folder)
        held = json.loads(self._identity.read_text(encoding="utf-8"))
        ids = {name: UUID(held[name]) for name in ("device_id", "tenant_id", "site_id")}
        return Identity(server=held["server"], **ids)

    def keep_identity(self, identity: Identity) -> None:
        """Remember who the box became, and mark its spool, so that another folder in its place is known for one."""
        spool_id = secrets.token_hex(16)
        write_durably(self._spool_mark, spool_id.encode())
        held = {name: str(value) for name, value in vars(identity).items()}
        write_durably(self._identity, json.dumps({**held, "spool_id": spool_id}, indent=1).encode())

    def addresses(self) -> Mapping[UUID, str]:
        """Where each camera's stream is, as it may be shown: never with a password."""
        return {camera_id: without_password(one.address) for camera_id, one in self._written().items()}

    def onvif_of(self, camera_id: UUID) -> str:
        """Where the camera answers by ONVIF; empty when nobody found it that way."""
        held = self._written().get(camera_id)
        return held.onvif if held is not None else ""

    def speaking_onvif(self) -> frozenset[UUID]:
        """The cameras that somebody found by ONVIF."""
        return frozenset(camera_id for camera_id, one in self._written().items() if one.onvif)

    def stream_of(self, camera_id: UUID) -> str:
        """The address to open, with its password; empty when there is none. Raises `CannotOpen`.

        A password belongs to the address that it was entered for: who writes another one into the file does not get
        the password sent there.
        """
        address = self._address_in_file(camera_id)
        sealed = self._sealed().get(str(camera_id))
        if not address or hides_something(address) or sealed is None:
            return address
        opened = self._box_key().open(b64decode(sealed), of=str(camera_id))
        return opened if without_password(opened) == address else address

    def has_password(self, camera_id: UUID) -> bool:
        """Whether a password is kept for the camera, which is all that may be said of it."""
        return str(camera_id) in self._sealed() or hides_something(self._address_in_file(camera_id))

    def keep_address(self, camera_id: UUID, address: str, *, onvif: str = "") -> None:
        """Remember a camera's stream: where it is in one file, its password sealed in another. Raises `CannotOpen`."""
        with self._changing():
            self._keep({**self._written(), camera_id: _Written(address, onvif)}, only=camera_id)

    def seal_passwords(self) -> int:
        """Seal every password that stands in `cameras.toml`, as older boxes and people wrote them; how many there were.

        The sealed copy is on the disk before the readable one goes, so nothing that records loses its address.
        """
        with self._changing():
            written = self._written()
            readable = [camera_id for camera_id, one in written.items() if hides_something(one.address)]
            if readable:
                self._keep(written)
            return len(readable)

    def _keep(self, written: Mapping[UUID, "_Written"], *, only: UUID | None = None) -> None:
        sealed, had = dict(self._sealed()), self._sealed()
        if only is not None:
            sealed.pop(str(only), None)
        for camera_id, one in written.items():
            if hides_something(one.address):
                sealed[str(camera_id)] = b64encode(self._box_key().seal(one.address, of=str(camera_id))).decode()
        if sealed != had:
            document = {"v": 1, "key": self._box_key().mark, "cameras": sealed}
            write_durably(self._passwords, json.dumps(document, indent=1).encode())
        entries = [f"[{camera_id}]\n{one.lines()}" for camera_id, one in sorted(written.items(), key=str)]
        write_durably(self.cameras, "\n".join(entries).encode())

    def _address_in_file(self, camera_id: UUID) -> str:
        held = self._written().get(camera_id)
        return held.address if held is not None else ""

    def _written(self) -> Mapping[UUID, "_Written"]:
        if not self.cameras.exists():
            return {}
        held: dict[str, Any] = tomllib.loads(self.cameras.read_text(encoding="utf-8"))
        return {UUID(one): _Written(str(entry["url"]), str(entry.get("onvif", ""))) for one, entry in held.items()}

    def _sealed(self) -> Mapping[str, str]:
        held: Mapping[str, str] = self._sealed_document()["cameras"]
        return held

    def _sealed_document(self) -> dict[str, Any]:
        """Raises `CannotOpen` for a file that somebody broke."""
        if not self._passwords.exists():
            return {"key": None, "cameras": {}}
        try:
            held: dict[str, Any] = json.loads(self._passwords.read_text(encoding="utf-8"))
            return {"key": str(held["key"]), "cameras": dict(held["cameras"])}
        except (ValueError, KeyError, TypeError):
            raise CannotOpen from None

    def _box_key(self) -> BoxKey:
        """The key of the passwords. It is made only while nothing is sealed: another one would open nothing."""
        path, given, mark = self.folder / "box.key", credential(), self._sealed_document()["key"]
        if given is None and not path.exists():
            if mark is not None:
                raise CannotOpen
            write_durably(path, new_key())
        key = BoxKey(given if given is not None else path.read_bytes())
        if mark not in {None, key.mark}:
            raise CannotOpen
        return key

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """One writer of cameras and passwords at a time: the recorder seals while somebody adds a camera."""
        with (self.folder / "cameras.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


@dataclass(frozen=True)
class _Written:
    """A camera as it stands in the file; a person may have written a password into the address."""

    address: str
    onvif: str

    def lines(self) -> str:
        """For the file. A JSON string is a TOML basic string, so no address can break out of its line."""
        more = f"onvif = {json.dumps(without_password(self.onvif))}\n" if self.onvif else ""
        return f"url = {json.dumps(without_password(self.address))}\n{more}"


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
