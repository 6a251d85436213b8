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
    _give_back_what_is_large()


def _give_back_what_is_large() -> None:
    """Segments and parts of uploads go back to the system when they are let go of.

    By itself glibc soon keeps buffers up to 32 MB for reuse, for each thread apart: as much as the work itself needs.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
        mallopt(_ARENA_MAX, _ARENAS)
