"""Seals what the box must know and nobody else should read off its disk: the passwords of cameras.

The key is the box's own. It lies in `box.key` beside what it seals, or is handed in by systemd as the credential
`shouyuan-box-key`, which wins. Beside it, it keeps passwords out of copies of single files, of support bundles and of
screens; it does not keep them from who has the whole disk or the box's account. As an encrypted credential of systemd
(bound to the machine's TPM) it also keeps them from who carries the disk away.
"""

import hashlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CREDENTIAL = "shouyuan-box-key"
KEY_BYTES = 32
_NONCE_BYTES = 12
_MARK_DIGITS = 16


class CannotOpen(Exception):
    """What is sealed was sealed with another key, for another camera, or was changed."""

    def __init__(self) -> None:
        super().__init__(
            "無法以本機的金鑰解開鏡頭密碼。請還原原來的 box.key；若已遺失，請刪除 cameras.sealed，"
            "再以 camera add 重新輸入各鏡頭的帳號與密碼。"
        )


class BoxKey:
    """The key. Its value is never shown."""

    def __init__(self, value: bytes) -> None:
        """Raises `CannotOpen` for something that is no key."""
        if len(value) != KEY_BYTES:
            raise CannotOpen
        self._cipher = AESGCM(value)
        self.mark = hashlib.sha256(b"shouyuan box key" + value).hexdigest()[:_MARK_DIGITS]

    def seal(self, plain: str, *, of: str) -> bytes:
        """Sealed so that it opens only as the secret of `of`."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain.encode(), of.encode())

    def open(self, sealed: bytes, *, of: str) -> str:
        """What was sealed. Raises `CannotOpen`."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], of.encode()).decode()
        except (InvalidTag, ValueError):
            raise CannotOpen from None


def credential(environment: Mapping[str, str] = os.environ) -> bytes | None:
    """The key as systemd hands it in; None where it does not."""
    folder = environment.get("CREDENTIALS_DIRECTORY")
    path = Path(folder) / CREDENTIAL if folder else None
    return path.read_bytes() if path is not None and path.exists() else None


def new_key() -> bytes:
    """A key for a box that has none."""
    return secrets.token_bytes(KEY_BYTES)
