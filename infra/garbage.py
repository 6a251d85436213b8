"""What a process has made before its first request or job lives as long as it does: no collection need look at it."""

import gc


def settle() -> None:
    """Collect once and take what is left out of every later collection. Called once, at the end of starting.

    A full collection looks at some hundred thousand objects of the libraries and takes a tenth of a second, which
    somebody's page then has to wait for. Children that are forked later share these pages of memory for longer, too.
    """
    gc.collect()
    gc.freeze()
