"""`make bench-edge`: the whole recorder, with hash, encryption, spool and upload to a real store, beside ffmpeg.

Cameras send 720p25 at 2 Mbit/s with AAC over RTSP and TCP; ours and as many `ffmpeg -c copy -f segment` watch the same
streams at the same time. Goals at 16 cameras: processor time at most 1.3 times ffmpeg's, resident memory a camera at
most ffmpeg's. The same is measured with 1, 4 and 32 (SIZE=full; everyday 16 and 4). The last line is
`RESULT key=value …`; ends with 1 when a goal is missed, and with `NotMeasured` where somebody did not record.
"""

import json
import os
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from infra.settings import Process
from infra.stack.cameras import Picture, RtspCameras
from infra.stack.city import City, empty
from infra.stack.processes import Server, temporary_folder
from infra.stack.progress import Progress
from tests.benchmarks.edge import account, clip, peers
from tests.benchmarks.edge.account import NotMeasured
from tests.benchmarks.edge.box import Box
from tests.benchmarks.edge.usage import Usage, usage
from tests.benchmarks.progress import concluded, say
from tests.smoke.outside import Database

COUNTS = {"everyday": (16, 4), "full": (16, 1, 4, 32)}
GOAL_AT, MOST_CPU, MOST_MEMORY = 16, 1.3, 1.0
# A window holds one cut and one upload of every camera, since cuts are spread over the minute. What was done is looked
# at from a little before, so that a cut which waits for its key frame does not slip between two of them.
_SETTLING_SECONDS, _EARLIER_SECONDS, _WINDOW_SECONDS = 40, 5, 60


@dataclass(frozen=True, kw_only=True)
class Stage:
    """So many cameras: what both used during the window, what they held at its end, and what was not sent yet."""

    cameras: int
    ours: Usage
    ffmpeg: Usage
    seconds: float
    waiting: int

    @property
    def cpu_ratio(self) -> float:
        """Processor time, ours to ffmpeg's."""
        return self.ours.seconds / self.ffmpeg.seconds

    @property
    def memory_ratio(self) -> float:
        """Resident memory of all our processes to that of all of ffmpeg's."""
        return self.ours.resident_mb / self.ffmpeg.resident_mb

    def result(self) -> Mapping[str, str]:
        """What the last line says of it; per cent of one core, and megabytes, a camera."""
        n, each = self.cameras, 100 / self.seconds / self.cameras
        return {
            f"cpu_ratio_{n}": f"{self.cpu_ratio:.2f}",
            f"cpu_pct_{n}": f"{self.ours.seconds * each:.2f}",
            f"ffmpeg_pct_{n}": f"{self.ffmpeg.seconds * each:.2f}",
            f"mem_ratio_{n}": f"{self.memory_ratio:.2f}",
            f"mem_mb_{n}": f"{self.ours.resident_mb / n:.0f}",
            f"ffmpeg_mb_{n}": f"{self.ffmpeg.resident_mb / n:.0f}",
            f"pss_mb_{n}": f"{self.ours.proportional_mb / n:.0f}",
            f"ffmpeg_pss_mb_{n}": f"{self.ffmpeg.proportional_mb / n:.0f}",
            f"waiting_{n}": str(self.waiting),
        }


def main() -> int:
    """Measure; 1 when a goal was missed."""
    stages = _measured(COUNTS[os.environ.get("SIZE") or "everyday"])
    decisive = next(stage for stage in stages if stage.cameras == GOAL_AT)
    goals = {
        f"processor time at most {MOST_CPU:g} x ffmpeg's with {GOAL_AT} cameras": decisive.cpu_ratio <= MOST_CPU,
        f"resident memory a camera at most ffmpeg's with {GOAL_AT}": decisive.memory_ratio <= MOST_MEMORY,
    }
    return concluded(goals, {name: value for stage in stages for name, value in stage.result().items()})


def _measured(counts: Sequence[int]) -> list[Stage]:
    home = temporary_folder("bench-edge")
    with ExitStack() as stack:
        stack.callback(empty, home)
        city = City(home, Progress(), segment_seconds=peers.SEGMENT_SECONDS, careless=True)
        stack.callback(city.stop)
        city.start_servers()
        city.start_processes()
        found = json.loads(city.run(Process.WORKER, "tests.benchmarks.edge.founding", str(max(counts))))
        box = Box(home / "box", found["cameras"])
        box.enrol(city.base_url, found["token"])
        clip.make(home / "clip.mp4")
        picture = Picture(audio="aac", clip=home / "clip.mp4")
        cameras = RtspCameras(home / "cameras", picture=picture, count=max(counts))
        stack.callback(cameras.stop)
        database = Database(city.databases.superuser)
        return [_stage([cameras.url(number) for number in range(count)], box, home, database) for count in counts]


def _stage(addresses: Sequence[str], box: Box, home: Path, database: Database) -> Stage:
    box.watch(addresses)
    with ExitStack() as stack:
        ours = box.start(home / "logs" / "edge.log")
        stack.callback(ours.stop, seconds=60)
        folder = home / "ffmpeg"
        stack.callback(shutil.rmtree, folder)
        theirs = peers.start(addresses, folder)
        for server in theirs:
            stack.callback(server.stop)
        time.sleep(_SETTLING_SECONDS)
        before = account.taken(folder)
        time.sleep(_EARLIER_SECONDS)
        stage = _window(box, ours, theirs)
        account.check(before, account.taken(folder), box, database)
    say(
        f"{stage.cameras:2} cameras: ours {stage.cpu_ratio:.2f} x the processor time and {stage.memory_ratio:.2f} x "
        f"the memory of ffmpeg; {stage.waiting} segments wait to be sent"
    )
    return stage


def _window(box: Box, ours: Server, theirs: Sequence[Server]) -> Stage:
    peers_pids = [server.pid for server in theirs]
    began, before = time.monotonic(), (usage([ours.pid]), usage(peers_pids))
    time.sleep(_WINDOW_SECONDS)
    seconds, after = time.monotonic() - began, (usage([ours.pid]), usage(peers_pids))
    if not all(server.running for server in (ours, *theirs)):
        raise NotMeasured("a recorder ended in the middle")
    return Stage(
        cameras=len(theirs),
        ours=_between(before[0], after[0]),
        ffmpeg=_between(before[1], after[1]),
        seconds=seconds,
        waiting=account.waiting(box),
    )


def _between(before: Usage, after: Usage) -> Usage:
    return Usage(
        seconds=after.seconds - before.seconds,
        resident_mb=after.resident_mb,
        proportional_mb=after.proportional_mb,
    )


if __name__ == "__main__":
    sys.exit(main())
