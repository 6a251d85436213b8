"""`python -m tests.smoke`: a private stack on free ports, and the main job from a camera to a certificate.

`STORE=ceph` takes Ceph instead of the JuiceFS gateway. Ends with 0, or names the step that failed, and keeps the logs.
"""

import os
import secrets
import shutil
import sys
from collections.abc import Callable

from infra.stack.city import ROOT, City, empty
from infra.stack.processes import Missing, temporary_folder
from infra.stack.progress import Progress
from tests.smoke import ending, letter, recording
from tests.smoke.stage import Stage

_SEGMENT_SECONDS = 10
STEPS: tuple[tuple[str, Callable[[Stage], None]], ...] = (
    ("the city is founded: bureau, four institutions, police, prosecutors", recording.found_the_city),
    ("two cameras send over RTSP", recording.start_cameras),
    ("a box enrols with a one-time code, which works once", recording.enrol),
    ("it records, encrypts, uploads and confirms", recording.record),
    ("one camera dies, the other has no gap", recording.lose_a_camera),
    ("the store holds what was announced, unreadable on the way", recording.look_at_the_store),
    ("the school sees its timeline, the bureau that it records and no picture", recording.look_at_the_pages),
    ("an officer files a letter with its PDF, the window is held at once", letter.file_the_letter),
    ("the head approves with an escort and replies", letter.approve),
    ("the worker builds the copy", letter.build),
    ("the school watches it piece by piece", letter.watch),
    ("the officer collects once, nobody else, no second time", letter.collect),
    ("verify.py accepts it and finds one changed byte; ffprobe plays it", letter.verify),
    ("the register has its line by itself", letter.read_the_register),
    ("age opens the stored segment while its key lives", ending.open_while_the_key_lives),
    ("sixteen days later the day is destroyed and certified", ending.end_the_day),
    ("nothing of it is left, nothing opens it, what was preserved survives", ending.find_nothing_left),
    ("the store's own rules are what they should be", ending.let_the_store_expire),
    ("every chain verifies", ending.verify_the_chain),
)


def main() -> int:
    """Walk; 0 when every step held."""
    progress = Progress()
    home = temporary_folder("smoke")
    store = os.environ.get("STORE", "juicefs")
    city = City(home, progress, store_kind=store, segment_seconds=_SEGMENT_SECONDS, careless=True)
    stage = Stage(city, password=secrets.token_urlsafe(16))
    try:
        city.start_servers()
        city.start_processes()
        for sentence, step in STEPS:
            with progress.step(sentence):
                step(stage)
    except Missing as missing:
        progress.say(f"this machine lacks a part: {missing}")
        return 1
    except Exception as error:  # noqa: BLE001 - whatever it is, it is said and ends the walk
        kept = shutil.copytree(home / "logs", ROOT / "var" / "smoke-logs", dirs_exist_ok=True)
        gone = city.ended()
        progress.say(f"{type(error).__name__}: {error}" + (f"\n{gone} ended by itself" if gone else ""))
        progress.say(f"logs: {kept.relative_to(ROOT)}")
        return 1
    finally:
        for camera in stage.cameras:
            camera.stop()
        city.stop()
        empty(home)
    progress.say(f"the whole main job holds, with {store}, in {progress.seconds:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
