"""How commands speak: what was found to standard output, what is wrong to standard error."""

import argparse
import sys
from collections.abc import Callable
from typing import NoReturn, TypeAlias

from workers.edge.home import Home

Command: TypeAlias = Callable[[Home, argparse.Namespace], int]
# What `add_subparsers` gives has no public name.
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001


class Parser(argparse.ArgumentParser):
    """Says in 繁體中文 what to do where a command was mistyped; each of its commands is parsed by one of the same."""

    def error(self, message: str) -> NoReturn:
        """End with how the command is written."""
        self.exit(2, f"{self.format_usage()}指令不完整或打錯（{message}）。說明請執行：{self.prog} --help\n")


def say(text: str) -> None:
    """One line for the installer."""
    sys.stdout.write(text + "\n")


def fail(text: str) -> int:
    """One sentence on what went wrong; the exit code."""
    sys.stderr.write(text + "\n")
    return 1
