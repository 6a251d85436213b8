"""`infra.typesetting` in a process of its own: its fonts take a hundred megabytes, which a worker would not get back.

Who typesets one paper beside hours of footage uses this; who prints form after form keeps the fonts and does not.
"""

import pickle
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from infra.typesetting import BadTemplate, Faces, FontsMissing, typeset

_ROOT = Path(__file__).parent.parent
_NO_FONTS = 3


def typeset_apart(template: Path, data: Mapping[str, Any], *, at: datetime, faces: Faces) -> bytes:
    """As `typeset`, and what has no glyph stands there as its number. Raises `FontsMissing` and `BadTemplate`.

    What is printed goes through a pipe and is never an argument or a file.
    """
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", __name__],
        input=pickle.dumps((template, data, at, faces)),
        capture_output=True,
        cwd=_ROOT,
        env={},
        check=False,
    )
    said = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
    if done.returncode == _NO_FONTS:
        raise FontsMissing(said)
    if done.returncode:
        raise BadTemplate(f"{template.name}: {said}")
    return done.stdout


def numbered(data: Any, faces: Faces) -> Any:  # noqa: ANN401 - whatever a template is given
    """The same with each character that cannot be printed as its number, `〔U+1F600〕`. Raises `FontsMissing`."""
    if isinstance(data, str):
        lacking = faces.unprintable(data)
        return re.sub(f"[{re.escape(''.join(lacking))}]", _number, data) if lacking else data
    if isinstance(data, Mapping):
        return {name: numbered(value, faces) for name, value in data.items()}
    if isinstance(data, Sequence):
        return [numbered(value, faces) for value in data]
    return data


def _number(found: re.Match[str]) -> str:
    return f"〔U+{ord(found[0]):04X}〕"


def main() -> None:
    """In the process: from the pipe to the pipe."""
    template, data, at, faces = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that started this one
    try:
        sys.stdout.buffer.write(typeset(template, numbered(data, faces), at=at, faces=faces))
    except FontsMissing as missing:
        sys.exit(_told(missing))


def _told(missing: FontsMissing) -> int:
    sys.stderr.write(str(missing))
    return _NO_FONTS


if __name__ == "__main__":
    main()
