"""Several master keys in one file, and what every kind of ring does alike: wrap, open, take a new key, retire one.

A wrapped secret is `key id (8 bytes) | nonce (12) | AES-256-GCM ciphertext with tag` (NIST SP 800-38D). The key id is a
fingerprint of the key itself, so that no renamed or exchanged file can pass for another key.
"""

import hashlib
import os
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
KEY_ID_BYTES = 8
_NONCE_BYTES = 12
_HEADER_BYTES = KEY_ID_BYTES + _NONCE_BYTES
_PURPOSE = b"shouyuan master key\0"


class CannotUnwrap(Exception):
    """Wrapped under a master key not in the ring, or another context, or changed. Fail closed: nothing opens."""


class KmsUnavailable(Exception):
    """The master keys cannot be had now. Nothing opens, nothing is lost, and the same call may go through later."""


class BadKeyFile(Exception):
    """The file of master keys is not what it must be."""


class KeyInUse(Exception):
    """The master key that wraps now cannot be taken out of the ring."""


class Kms(Protocol):
    """Wraps small secrets. `context` says what the secret is for; unwrapping under another context fails."""

    @property
    def key_id(self) -> str:
        """The fingerprint of the key that wraps now, in hex."""

    def wrap(self, secret: bytes, *, context: str) -> bytes:
        """The secret, encrypted and bound to its context. Raises `KmsUnavailable`."""

    def unwrap(self, wrapped: bytes, *, context: str) -> bytes:
        """The secret. Raises `CannotUnwrap` and `KmsUnavailable`."""


def key_id_of(wrapped: bytes) -> str:
    """The fingerprint of the master key that opens a wrapped secret."""
    return wrapped[:KEY_ID_BYTES].hex()


@dataclass(frozen=True)
class _Key:
    id: bytes
    aead: AESGCM

    @classmethod
    def of(cls, key: bytes) -> "_Key":
        return cls(hashlib.sha256(_PURPOSE + key).digest()[:KEY_ID_BYTES], AESGCM(key))

    def wrap(self, secret: bytes, context: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return self.id + nonce + self.aead.encrypt(nonce, secret, context)


@dataclass(frozen=True)
class _Held:
    """The ring as it was read: each key and its line by fingerprint, the current one first, and how long it holds."""

    current: _Key
    keys: Mapping[bytes, _Key]
    lines: Mapping[bytes, str]
    mark: tuple[int, int, int]
    until: float

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        key = self.keys.get(wrapped[:KEY_ID_BYTES])
        if key is None:
            raise CannotUnwrap(f"master key {key_id_of(wrapped)} is not in the ring")
        try:
            return key.aead.decrypt(wrapped[KEY_ID_BYTES:_HEADER_BYTES], wrapped[_HEADER_BYTES:], context)
        except (InvalidTag, ValueError) as error:
            raise CannotUnwrap(f"wrapped secret does not open for {context.decode()}") from error


class RingKms(ABC):
    """`Kms` over a file with one key a line, the current one first. Read again whenever the file was changed.

    So a new key reaches every running process by way of its file alone. What a line says is each kind's own.
    """

    # How long opened keys are kept in memory before the lines are opened again.
    hold_seconds = float("inf")

    def __init__(self, path: Path) -> None:
        """Nothing is read before the first use."""
        self._path = str(path)
        self._held: _Held | None = None

    @abstractmethod
    def _new_line(self) -> str:
        """The line of a fresh random key. Raises `KmsUnavailable`."""

    @abstractmethod
    def _opened(self, line: str) -> bytes:
        """The key that a line stands for. Raises `BadKeyFile`, `CannotUnwrap` and `KmsUnavailable`."""

    @property
    def key_id(self) -> str:
        """See `Kms`."""
        return self._ring().current.id.hex()

    def key_ids(self) -> list[str]:
        """The fingerprint of every key in the ring, the current one first."""
        return [key_id.hex() for key_id in self._ring().keys]

    def wrap(self, secret: bytes, *, context: str) -> bytes:
        """See `Kms`."""
        return self._ring().current.wrap(secret, context.encode())

    def unwrap(self, wrapped: bytes, *, context: str) -> bytes:
        """See `Kms`."""
        return self._ring().unwrap(wrapped, context.encode())

    def rewrap(self, wrapped: Sequence[tuple[bytes, str]]) -> list[bytes]:
        """Many secrets, each with its context, under the current key. Raises as `wrap` and `unwrap` do."""
        held = self._ring()
        bound = [(one, context.encode()) for one, context in wrapped]
        return [held.current.wrap(held.unwrap(one, context), context) for one, context in bound]

    def add(self) -> str:
        """Put a fresh key into the ring, which opens only until it is told to wrap; its fingerprint.

        Where there is no file yet, it is made with this key.
        """
        line = self._new_line()
        if Path(self._path).exists():
            self._write([*self._ring().lines.values(), line])
        else:
            write_lines(Path(self._path), [line])
        return _Key.of(self._opened(line)).id.hex()

    def use(self, key_id: str) -> None:
        """Let this key of the ring wrap from now on. Raises `CannotUnwrap` when the ring has none of this name."""
        lines = dict(self._ring().lines)
        chosen = lines.pop(self._known(key_id))
        self._write([chosen, *lines.values()])

    def retire(self, key_id: str) -> None:
        """Take a key out of the ring that nothing needs, as the caller knows. Raises as `use` does, and `KeyInUse`."""
        held, known = self._ring(), self._known(key_id)
        if known == held.current.id:
            raise KeyInUse(f"master key {key_id} wraps now")
        self._write([line for each, line in held.lines.items() if each != known])

    def _known(self, key_id: str) -> bytes:
        for known in self._ring().keys:
            if known.hex() == key_id:
                return known
        raise CannotUnwrap(f"master key {key_id} is not in the ring")

    def _ring(self) -> _Held:
        held = self._held
        try:
            found = os.stat(self._path)  # noqa: PTH116 - before every use of a key, so it must cost nothing
        except OSError as error:
            raise KmsUnavailable(f"{self._path} cannot be read") from error
        mark = (found.st_mtime_ns, found.st_ino, found.st_size)
        if held is None or held.mark != mark or time.monotonic() >= held.until:
            held = self._held = self._read(found, mark)
        return held

    def _read(self, found: os.stat_result, mark: tuple[int, int, int]) -> _Held:
        if found.st_mode & 0o077:
            raise BadKeyFile(f"{self._path} may be read by others: chmod 600")
        try:
            text = Path(self._path).read_text(encoding="ascii")
        except OSError as error:
            raise KmsUnavailable(f"{self._path} cannot be read") from error
        except UnicodeDecodeError as error:
            raise BadKeyFile(f"{self._path} is not a file of master keys") from error
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        opened = [self._opened(line) for line in lines]
        if any(len(key) != KEY_BYTES for key in opened):
            raise BadKeyFile(f"{self._path} holds a key that has not {KEY_BYTES * 8} bits")
        keys = [_Key.of(key) for key in opened]
        by_id = {key.id: key for key in keys}
        if not keys or len(by_id) != len(keys):
            raise BadKeyFile(f"{self._path} holds no key, or one of them twice")
        return _Held(
            current=keys[0],
            keys=by_id,
            lines={key.id: line for key, line in zip(keys, lines, strict=True)},
            mark=mark,
            until=time.monotonic() + self.hold_seconds,
        )

    def _write(self, lines: Sequence[str]) -> None:
        """Put the new file in place of the old at once, under the old one's owner. Two writers never meet."""
        was, beside = Path(self._path).stat(), Path(f"{self._path}.new")
        try:
            write_lines(beside, lines)
        except FileExistsError as error:
            raise BadKeyFile(f"{beside} is there: another change goes on, or died; look, and remove it") from error
        os.chown(beside, was.st_uid, was.st_gid)
        beside.replace(self._path)


def write_lines(path: Path, lines: Sequence[str]) -> None:
    """Write a file of master keys, readable by its owner only and safe on the disk. Raises `FileExistsError`."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write("".join(f"{line}\n" for line in lines))
        file.flush()
        os.fsync(descriptor)
