"""Real components that not every machine has. Missing, they skip their tests with one line; with CI=true they fail."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from infra.stack import cameras, ceph, debian
from infra.stack.processes import Missing, program
from tests.office_calendar import require_holidays

AXE = Path(__file__).parent.parent / "node_modules" / "axe-core" / "axe.min.js"
AGE_ENCRYPTION = AXE.parents[1] / "age-encryption" / "dist" / "index.js"
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@cache
def _faces() -> None:
    lacking = debian.missing(debian.FACES)
    if lacking:
        raise Missing("a face of the printed forms", " ".join(lacking))


_CHECKS: Mapping[str, Callable[[], object]] = {
    "age": lambda: program("age", package="age"),
    "age-encryption": lambda: _from_npm(AGE_ENCRYPTION, "age-encryption"),
    "axe": lambda: _from_npm(AXE, "axe-core"),
    "ceph": lambda: program("radosgw", package=ceph.PACKAGES),
    "chromium": lambda: program("chromium", package="chromium"),
    "faces": _faces,
    "ffprobe": lambda: program("ffprobe", package="ffmpeg"),
    "holidays": require_holidays,
    "pdftotext": lambda: program("pdftotext", package="poppler-utils"),
    "rtsp": cameras.require_gstreamer,
}


def _from_npm(file: Path, name: str) -> None:
    if not file.is_file():
        raise Missing(name, f"{name} of package.json (make assets)")


def check_needs(item: pytest.Item) -> None:
    """Look for every part that a test's `needs` markers name. An unknown part is an error of the test."""
    for marker in item.iter_markers("needs"):
        for part in marker.args:
            with real_component():
                _CHECKS[part]()


@contextmanager
def real_component() -> Iterator[None]:
    """Turn `Missing` into a skip that names the component, or into a failure when CI=true."""
    try:
        yield
    except Missing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing), pytrace=False)
        pytest.skip(str(missing))
