"""One line a step with its seconds, for the demo and the smoke walk."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Progress:
    """Prints to standard output at once, also into a pipe."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since the first step."""
        return time.monotonic() - self._began

    @contextmanager
    def step(self, sentence: str) -> Iterator[None]:
        """Print the sentence with its seconds when it is done, or that it failed, and let the error go on."""
        began = time.monotonic()
        try:
            yield
        except BaseException:
            self.say(f"FAILED {time.monotonic() - began:6.1f} s  {sentence}")
            raise
        self.say(f"ok     {time.monotonic() - began:6.1f} s  {sentence}")

    @staticmethod
    def say(line: str) -> None:
        """Print one line."""
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
