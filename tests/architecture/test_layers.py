"""Who may import whom: the contracts of `pyproject.toml`, and no import hidden inside a function."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import CODE, ROOT, Module, modules

BROKEN = {
    "infra/planted.py": "import tenants",
    "tenants/planted.py": "import flask",
    "tenants/audit/planted.py": "import tenants.compliance",
    "webapp/planted.py": "import rq",
    "workers/planted.py": "import boto3",
    "workers/edge/planted.py": "import infra.db",
}


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - our own tool


def test_the_contracts_hold() -> None:
    done = _lint(ROOT)
    assert done.returncode == 0, done.stdout


def test_each_contract_breaks_when_it_is_violated(tmp_path: Path) -> None:
    for folder in CODE:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("static", "__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, text in BROKEN.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    printed = _lint(tmp_path).stdout
    verdicts = [line.rsplit(" ", 1)[-1] for line in printed.splitlines() if line.endswith((" KEPT", " BROKEN"))]
    assert verdicts, printed
    assert set(verdicts) == {"BROKEN"}, printed


def hidden_imports(module: Module) -> Iterator[str]:
    """Imports inside functions: the usual sign of a cycle that somebody stepped around."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Import | ast.ImportFrom):
                    yield f"{module.name}:{inner.lineno}: import at the top; if that is a cycle, move what both need"


# Sets the clock of a whole process before anything can take it by name.
ARGUED = frozenset({"tests.smoke.later"})


def test_no_import_hides_inside_a_function() -> None:
    wrong = [
        fault for module in modules(*CODE, "tests") if module.name not in ARGUED for fault in hidden_imports(module)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_guard_sees_a_hidden_import() -> None:
    assert list(hidden_imports(Module.of("planted", "def f():\n    if 1:\n        import os\n")))
