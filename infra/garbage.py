"""Memory of a process that lives long: what it made before its first request or job, and what it has let go of."""

import ctypes
import gc

_MMAP_THRESHOLD, _ARENA_MAX = -3, -8  # of mallopt(3)
_LARGE_BYTES, _ARENAS = 1 << 20, 2


def settle() -> None:
    """Collect once and take what is left out of every later collection. Called once, at the end of starting.

    A full collection looks at some hundred thousand objects of the libraries and takes a tenth of a second, which
    somebody's page then has to wait for. Children that are forked later share these pages of memory for longer, too.
    """
    gc.collect()
    gc.freeze()
    # Segments and parts of uploads.
    give_back(from_bytes=_LARGE_BYTES)
    _tell_glibc(_ARENA_MAX, _ARENAS)


def give_back(*, from_bytes: int) -> None:
    """What is at least so large goes back to the system whenever it is let go of.

    By itself glibc soon keeps buffers up to 32 MB for reuse, for each thread apart: as much as the work itself needs.
    """
    _tell_glibc(_MMAP_THRESHOLD, from_bytes)


def _tell_glibc(what: int, value: int) -> None:
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(what, value)
