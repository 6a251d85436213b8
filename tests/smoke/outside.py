"""Looks that need nothing of ours: ffprobe, age, a second database connection, the store's own listing."""

import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from psycopg.rows import dict_row

from infra.stack.processes import plain_env, program

T = TypeVar("T")


class NotSo(AssertionError):
    """What the walk expected is not so."""


def expect(so: object, sentence: str) -> None:
    """Raise `NotSo` with the sentence."""
    if not so:
        raise NotSo(sentence)


def wait_for(look: Callable[[], T | None], *, what: str, seconds: float) -> T:
    """What `look` finds once it finds something. Raises `NotSo` when the time is up."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > deadline:
            raise NotSo(f"{what}: not after {seconds:.0f} s")
        time.sleep(0.5)
    return found


class Database:
    """A connection of its own as the database's administrator, who sees every row."""

    def __init__(self, sqlalchemy_url: str) -> None:
        self._url = sqlalchemy_url.replace("postgresql+psycopg://", "postgresql://")

    def rows(self, statement: str, *arguments: object) -> list[dict[str, Any]]:
        """What a query answers."""
        with psycopg.connect(self._url, row_factory=dict_row) as connection:
            return connection.execute(statement.encode(), arguments).fetchall()

    def one(self, statement: str, *arguments: object) -> Any:  # noqa: ANN401 - a column of any type
        """The first column of the first row; None when there is none."""
        found = self.rows(statement, *arguments)
        return next(iter(found[0].values())) if found else None


def probe(media: Path) -> dict[str, Any]:
    """What ffprobe says of a file: its streams and format. Raises `NotSo` when it is no media file."""
    command: list[str | Path] = [
        program("ffprobe", package="ffmpeg"),
        "-v",
        "error",
        "-of",
        "json",
        "-show_streams",
        "-show_format",
    ]
    done = subprocess.run([*command, media], check=False, capture_output=True, text=True, env=plain_env())
    expect(done.returncode == 0, f"ffprobe refuses {media.name}: {done.stderr.strip()}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def decodes(media: Path) -> int:
    """How many pictures of the video decode, all of them without an error. Raises `NotSo`."""
    command: list[str | Path] = [program("ffprobe", package="ffmpeg"), "-v", "error", "-count_frames"]
    shown = ["-select_streams", "v:0", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0"]
    done = subprocess.run([*command, *shown, media], check=False, capture_output=True, text=True, env=plain_env())
    expect(done.returncode == 0 and not done.stderr, f"{media.name} does not decode: {done.stderr.strip()[:500]}")
    return int(done.stdout.strip().rstrip(",") or 0)


def age_opens(cipher: bytes, secret: str) -> bytes | None:
    """What the `age` program makes of the bytes with this identity; None when it refuses."""
    with tempfile.NamedTemporaryFile("w") as identity:  # a test's key, of footage of a test pattern
        identity.write(secret + "\n")
        identity.flush()
        command: list[str | Path] = [program("age", package="age"), "--decrypt", "--identity", identity.name]
        done = subprocess.run(command, input=cipher, check=False, capture_output=True, env=plain_env())
    return done.stdout if done.returncode == 0 else None
