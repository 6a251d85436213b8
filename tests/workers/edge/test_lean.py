"""What nobody uses lies in no camera's memory."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from infra.stack.city import ROOT
from infra.stack.environments import bare_environment
from workers.edge.lean import load_when_used

NAME = "a_module_that_only_this_test_has"


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module that says in a file when it is loaded."""
    (tmp_path / f"{NAME}.py").write_text(
        f"from pathlib import Path\nPath({str(tmp_path / 'loaded')!r}).touch()\nvalue = 7\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, NAME, raising=False)
    return NAME


def test_a_module_is_loaded_with_its_first_use_and_not_before(module: str, tmp_path: Path) -> None:
    load_when_used(module)
    first, second = importlib.import_module(module), importlib.import_module(module)
    assert first is second
    assert not (tmp_path / "loaded").exists()
    assert first.value == 7
    assert (tmp_path / "loaded").exists()


def test_what_is_loaded_already_stays(module: str) -> None:
    there = importlib.import_module(module)
    load_when_used(module)
    assert sys.modules[module] is there


def test_the_recorder_holds_no_event_loop_and_no_tls() -> None:
    asked = "import sys, workers.edge.supervisor; print({'asyncio.events', 'ssl'} & sys.modules.keys())"
    command = [sys.executable, "-c", asked]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, env=bare_environment())  # noqa: S603 - ours
    assert done.stdout.strip() == "set()"
