"""Master keys that lie in a file themselves."""

import os
from pathlib import Path

from infra.kms.ring import KEY_BYTES, BadKeyFile, RingKms, write_lines


class FileKms(RingKms):
    """256-bit keys in hex, in a file readable by its owner only."""

    def __init__(self, path: Path) -> None:
        """Read the keys at once, so that a process with a bad file does not start. Raises `BadKeyFile`."""
        super().__init__(path)
        self._ring()

    def _new_line(self) -> str:
        return os.urandom(KEY_BYTES).hex()

    def _opened(self, line: str) -> bytes:
        try:
            return bytes.fromhex(line)
        except ValueError as error:
            raise BadKeyFile(f"{self._path} does not hold 256-bit keys in hex, one a line") from error


def create_master_key(path: Path) -> None:
    """Write a new random master key, readable by its owner only. Never overwrites: a lost master key loses footage."""
    write_lines(path, [os.urandom(KEY_BYTES).hex()])
