"""A request must not wait for a collection of what lives as long as the process."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = """
import gc, runpy
hook = runpy.run_path("gunicorn.conf.py")["post_worker_init"]
mine = [[number] for number in range(1000)]
hook(None)
assert gc.get_freeze_count() > 1000
assert not any(each is mine for each in gc.get_objects())
"""


def test_what_a_web_process_has_made_at_its_start_is_left_out_of_collections() -> None:
    subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, check=True)  # noqa: S603 - our own interpreter
