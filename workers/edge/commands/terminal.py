"""How commands speak: what was found to standard output, what is wrong to standard error."""

import argparse
import re
import sys
from collections.abc import Callable, Iterable
from typing import Any, NoReturn, TypeAlias

from workers.edge.home import Home

Command: TypeAlias = Callable[[Home, argparse.Namespace], int]
# What `add_subparsers` gives has no public name.
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001


# What argparse itself says, and what is said instead.
_HEADINGS = {"positional arguments": "要填的項目", "options": "可加的選項"}
_FAULTS = (
    (re.compile(r"the following arguments are required: (.+)"), r"缺少 \1"),
    (re.compile(r"unrecognized arguments: (.+)"), r"不認得 \1"),
    (re.compile(r"argument (.+): expected .+"), r"\1 後面缺少內容"),
    (re.compile(r"argument (.+): invalid choice: (.+) \(choose from (.+)\)"), r"\1沒有 \2，可用的有 \3"),
    (re.compile(r"argument (.+): invalid int value: (.+)"), r"\1 應為數字，不是 \2"),
    (re.compile(r"argument (.+): not allowed with argument (.+)"), r"\1 與 \2 不能同時使用"),
    (re.compile(r"argument (.+?): ([^\x00-\x7f].*)"), r"\1：\2"),
    (re.compile(r"ambiguous option: (\S+) could match (.+)"), r"\1 可能是 \2，請寫完整"),
)


class _Help(argparse.HelpFormatter):
    """The help of a command, its headings too in the installer's language."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        """As argparse calls it."""
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        """As argparse calls it."""
        super().start_section(_HEADINGS.get(heading or "", heading))


class Parser(argparse.ArgumentParser):
    """Says in 繁體中文 what to do where a command was mistyped; each of its commands is parsed by one of the same."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - argparse's own
        super().__init__(**{**settings, "add_help": False, "formatter_class": _Help})
        self.add_argument("-h", "--help", action="help", help="顯示這段說明")

    def error(self, message: str) -> NoReturn:
        """End with how the command is written."""
        said = next((one.sub(words, message) for one, words in _FAULTS if one.fullmatch(message)), message)
        self.exit(2, f"{self.format_usage()}指令不完整或打錯（{said}）。說明請執行：{self.prog} --help\n")


def say(text: str) -> None:
    """One line for the installer."""
    sys.stdout.write(text + "\n")


def fail(text: str) -> int:
    """One sentence on what went wrong; the exit code."""
    sys.stderr.write(text + "\n")
    return 1
