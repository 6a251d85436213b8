"""What an error of the index says: the disk does not give or take it now, or the file itself is broken."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

# The lowest byte of a code; what stands above it says more closely what happened.
_PRIMARY_CODE = 0xFF
_SPOILT = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_ERRNO = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_IOERR: errno.EIO,
    sqlite3.SQLITE_CANTOPEN: errno.EIO,
    sqlite3.SQLITE_READONLY: errno.EROFS,
}


def is_spoilt(error: BaseException) -> bool:
    """Whether an error says that the index's file is broken, which no second try mends."""
    return isinstance(error, sqlite3.DatabaseError) and _code(error) in _SPOILT


def exit_code(error: BaseException) -> int:
    """What a process ends with that cannot go on: the supervisor is told so that the index is broken."""
    return os.EX_DATAERR if is_spoilt(error) else 1


@contextmanager
def of_disk() -> Iterator[None]:
    """What is the disk's fault is an `OSError`, as everywhere."""
    try:
        yield
    except sqlite3.Error as error:
        number = _ERRNO.get(_code(error))
        if number is None:
            raise
        raise OSError(number, f"index: {error}") from error


def _code(error: sqlite3.Error) -> int:
    # Errors that Python's own module raises have none.
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
