"""`python -m infra.stack.pins`: resolves each requirements.in into a file pinned with hashes that names no registry.

Direct requirements come first, in the order and with the reason written in the `.in` file; what those need in turn
follows. Valid for every Linux and CPython from 3.11 on.
"""

import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.stack.processes import program

ROOT = Path(__file__).parents[2]
_OLDEST_PYTHON = "3.11"
_REQUIREMENT = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)[^#]*?(?:\s*#\s*(?P<why>.*))?$")


@dataclass(frozen=True)
class PinFile:
    """One pair of files. `beside` is installed together with it, so what that pins is left out; `within` only binds."""

    source: str
    target: str
    beside: str | None = None
    within: str | None = None


FILES = (
    PinFile("requirements.in", "requirements.txt"),
    PinFile("requirements-dev.in", "requirements-dev.txt", beside="requirements.txt"),
    PinFile("workers/edge/requirements.in", "workers/edge/requirements.txt", within="requirements.txt"),
)


def main() -> None:
    """Write every target; `--upgrade` takes the newest versions instead of keeping those that stand."""
    for file in FILES:
        pins = _resolve(file, upgrade="--upgrade" in sys.argv)
        if file.beside:
            pins = {name: pin for name, pin in pins.items() if name not in _blocks((ROOT / file.beside).read_text())}
        (ROOT / file.target).write_text(_arranged(ROOT / file.source, pins), encoding="utf-8")
        sys.stdout.write(f"{file.target}: {len(pins)} packages\n")


def _resolve(file: PinFile, *, upgrade: bool) -> Mapping[str, str]:
    bound = file.beside or file.within
    subprocess.run(
        [
            *(program("uv", package="uv"), "pip", "compile", file.source, "--universal", "--generate-hashes"),
            *("--python-version", _OLDEST_PYTHON, "--no-header", "--no-annotate", "--quiet"),
            *("--output-file", file.target, *(("--upgrade",) if upgrade else ())),
            *(("--constraint", bound) if bound else ()),
        ],
        check=True,
        cwd=ROOT,
    )
    return _blocks((ROOT / file.target).read_text(encoding="utf-8"))


def _blocks(text: str) -> dict[str, str]:
    """Each pin with its hashes, by the package's name."""
    found: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if not line.startswith(" "):
            name = re.split(r"[=\[ ]", line, maxsplit=1)[0]
            found[name] = ""
        found[name] += line + "\n"
    return found


def _arranged(source: Path, pins: Mapping[str, str]) -> str:
    rest = dict(pins)
    lines = [f"# Made by `make pins` from {source.name}; edit that instead.\n"]
    for line in source.read_text(encoding="utf-8").splitlines()[1:]:
        direct = _REQUIREMENT.match(line)
        if direct is None:
            lines.append(f"{line}\n")
            continue
        name = direct["name"].lower()
        lines += [f"# {direct['why']}\n", rest.pop(name)]
    return "".join([*lines, "\n# What those need\n", *(rest[name] for name in sorted(rest))])


if __name__ == "__main__":
    main()
