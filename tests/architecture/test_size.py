"""Files of at most 300 lines, functions of at most 40; more only with the reason where a reader starts."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import Module, files, modules, short

FILE_LINES, FUNCTION_LINES = 300, 40
REASON = re.compile(r"\blong because\b")
GENERATED = "tenants/migrations/versions/"  # upgrade() is a list of columns; its length is the tables'
_JS_FUNCTION = re.compile(r"(?:\bfunction\b[^{;]*|=>\s*|^\s+(?:async )?\w+\([^()]*\)\s*)\{", re.MULTILINE)


def long_file(name: str, text: str) -> str | None:
    """The fault of a file, if it has one."""
    lines = text.splitlines()
    if len(lines) <= FILE_LINES or REASON.search(lines[0]):
        return None
    return f"{name} has {len(lines)} lines: split it by subject, or say 'long because …' in its first line"


def long_functions(module: Module) -> Iterator[str]:
    """The faults of a module's functions, inner ones and methods included. Decorators do not count."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            reason = REASON.search(ast.get_docstring(node) or "")
            if lines > FUNCTION_LINES and not reason:
                yield f"{module.name}.{node.name} has {lines} lines: split it, or say 'long because …' in its docstring"


def long_scripts(name: str, text: str) -> Iterator[str]:
    """The faults of a script's functions, by matching braces."""
    for start in _JS_FUNCTION.finditer(text):
        depth, end = 1, start.end()
        while depth and end < len(text):
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        lines = text.count("\n", start.start(), end) + 1
        if lines > FUNCTION_LINES:
            yield f"{name}: a function of {lines} lines at line {text.count(chr(10), 0, start.start()) + 1}: split it"


def test_no_file_is_too_long() -> None:
    found = [long_file(short(path), path.read_text(encoding="utf-8")) for path in files(".py", ".html", ".js", ".css")]
    wrong = [fault for fault in found if fault]
    assert not wrong, "\n".join(wrong)


def test_no_function_is_too_long() -> None:
    checked = [m for m in modules("infra", "tenants", "webapp", "workers", "tests") if GENERATED not in str(m.path)]
    assert checked
    wrong = [fault for module in checked for fault in long_functions(module)]
    assert not wrong, "\n".join(wrong)


def test_no_function_of_a_script_is_too_long() -> None:
    wrong = [fault for path in files(".js") for fault in long_scripts(short(path), path.read_text(encoding="utf-8"))]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("first", ["# a file", '"""A file, long enough because it is."""'])
def test_the_guard_sees_a_long_file(first: str) -> None:
    assert long_file("planted.py", "\n".join([first, *["x = 1"] * FILE_LINES]))
    assert not long_file("planted.py", "\n".join(["# long because it is one table", *["x = 1"] * FILE_LINES]))


def test_the_guard_sees_a_long_function() -> None:
    line = "    x = 1\n"
    assert list(long_functions(Module.of("planted", "class A:\n  def f(self):\n" + line * FUNCTION_LINES)))
    assert not list(long_functions(Module.of("planted", "def f():\n" + line * (FUNCTION_LINES - 1))))


@pytest.mark.parametrize("head", ["function f(a) {", "const f = (a) => {", "document.addEventListener('x', () => {"])
def test_the_guard_sees_a_long_function_of_a_script(head: str) -> None:
    assert list(long_scripts("planted.js", head + "\n  g();" * FUNCTION_LINES + "\n}"))
    assert not list(long_scripts("planted.js", head + "\n  g();\n}\n" + "g();\n" * FUNCTION_LINES))
