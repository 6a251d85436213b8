"""The project's own files, as the guards read them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
CODE = ("infra", "tenants", "webapp", "workers")
_NOT_OURS = frozenset({"node_modules", "vendor", "var", "__pycache__"})


def files(*suffixes: str, folders: tuple[str, ...] = (*CODE, "tests")) -> Iterator[Path]:
    """Files of ours with one of these suffixes, in the named top folders; `.` is the root folder's own files."""
    for folder in folders:
        found = ROOT.iterdir() if folder == "." else (ROOT / folder).rglob("*")
        for path in sorted(found):
            parts = path.relative_to(ROOT).parts
            if path.is_file() and path.suffix in suffixes and not _NOT_OURS.intersection(parts):
                yield path


def short(path: Path) -> str:
    """The path as a person would type it."""
    return str(path.relative_to(ROOT))


@dataclass(frozen=True)
class Module:
    """One module of Python: its dotted name and its syntax."""

    name: str
    path: Path
    tree: ast.Module

    @classmethod
    def of(cls, name: str, text: str) -> "Module":
        """A module that is only a text, for a planted violation."""
        return cls(name, ROOT / (name.replace(".", "/") + ".py"), ast.parse(text))

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """The functions at the top of the module."""
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Every module of the named folders."""
    return tuple(
        Module(short(path).removesuffix(".py").removesuffix("/__init__").replace("/", "."), path, _parsed(path))
        for path in files(".py", folders=folders)
    )


def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
