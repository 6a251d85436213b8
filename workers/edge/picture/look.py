"""The process that decodes one key frame, measures it and ends. Whatever a stream does to it, recording goes on.

It reads a line of JSON and the frame from standard input, and writes the numbers to standard output.
"""

import hashlib
import json
import os
import resource
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from infra.key_frames import NoPicture, small
from workers.edge.picture.measuring import Measures, measure, read

_SECONDS = 30
_CPU_SECONDS, _MEMORY = 10, 1 << 30


@dataclass(frozen=True)
class Look:
    """What was measured, and a digest of every point, which is kept in memory only."""

    measures: Measures
    digest: str


def look(codec: str, extradata: bytes, data: bytes) -> Look | None:
    """Have a process look at one key frame; None when it gave no picture."""
    head = json.dumps({"codec": codec, "extradata": len(extradata)}).encode()
    command = [sys.executable, "-m", "workers.edge.picture.look"]
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command, input=head + b"\n" + extradata + data, capture_output=True, timeout=_SECONDS, check=True
        )
        said: dict[str, Any] = json.loads(done.stdout)
        return Look(read(said["measures"]), str(said["digest"]))
    except (subprocess.SubprocessError, OSError, ValueError, KeyError):
        return None


def main() -> int:
    """Look at what comes in; 1 when it is no picture."""
    os.nice(15)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold the picture
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    head, rest = json.loads(sys.stdin.buffer.readline()), sys.stdin.buffer.read()
    cut = int(head["extradata"])
    try:
        shown = small(head["codec"], rest[:cut], rest[cut:])
    except NoPicture:
        return 1
    found = measure(shown)
    said = {"measures": found.document(), "digest": hashlib.sha256(shown.rows).hexdigest()}
    sys.stdout.write(json.dumps(said))
    return 0


if __name__ == "__main__":
    sys.exit(main())
