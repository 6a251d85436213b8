"""How commands speak: what was found to standard output, what is wrong to standard error."""

import argparse
import sys
from collections.abc import Callable
from typing import TypeAlias

from workers.edge.home import Home

Command: TypeAlias = Callable[[Home, argparse.Namespace], int]
# What `add_subparsers` gives has no public name.
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001


def say(text: str) -> None:
    """One line for the installer."""
    sys.stdout.write(text + "\n")


def fail(text: str) -> int:
    """One sentence on what went wrong; the exit code."""
    sys.stderr.write(text + "\n")
    return 1
