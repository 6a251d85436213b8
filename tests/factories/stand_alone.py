"""The program of the decision record 0012, as a reader of a proof runs it: the standard library and nothing of ours."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.architecture.source import ROOT

Check = Callable[[dict[str, Any], str], str]


def stand_alone(folder: Path) -> Check:
    """The program in a folder of its own; given a document and a key it says what it found, or its last line."""
    text = (ROOT / "infra" / "decisions" / "0012-a-tree-over-each-chain.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (folder / "check.py").write_text(program, encoding="utf-8")

    def run(document: dict[str, Any], key: str) -> str:
        (folder / "proof.json").write_text(json.dumps(document), encoding="utf-8")
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-I", "-S", "check.py", "proof.json", key],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout if done.returncode == 0 else done.stderr.strip().splitlines()[-1]

    return run
