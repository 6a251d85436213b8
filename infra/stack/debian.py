"""`python -m infra.stack.debian`: the Debian packages that some tests need, installed when we may."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

from infra.stack import cameras, ceph

# What the forms are printed in (infra.typesetting): 全字庫正楷體, and the letters of names that it lacks.
FACES = ("fonts-cns11643-kai", "fonts-dejavu-core", "fonts-noto-cjk")
PACKAGES = (
    "age",  # opens what we encrypt, from outside
    "chromium",
    "ffmpeg",  # its ffprobe looks at what we hand over
    *FACES,
    "poppler-utils",
    *cameras.PACKAGES.split(),
    *ceph.PACKAGES.split(),
)


def main() -> None:
    """Install what is missing, or say in one line what stays so; its tests skip, or fail when CI=true. Else silent."""
    lacking = missing(PACKAGES)
    if not lacking:
        return
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        sys.stdout.write(f"not root on Debian, so these stay missing: {' '.join(lacking)}\n")
        return
    apt = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    sys.stdout.write(f"installing {' '.join(lacking)}\n")
    sys.stdout.flush()
    for command in (["update"], ["install", "-y", "--no-install-recommends", *lacking]):
        done = subprocess.run([*apt, *command], check=False, env=environment, stdout=subprocess.DEVNULL)
        if done.returncode != 0:
            sys.stdout.write(f"apt-get {command[0]} failed with {done.returncode}\n")


def missing(packages: Sequence[str]) -> list[str]:
    """Which of them dpkg does not know as installed."""
    query = shutil.which("dpkg-query")
    if query is None:
        return list(packages)
    known = subprocess.run(
        [query, "--show", "--showformat", "${Package} ${Status}\n"], check=True, capture_output=True, text=True
    )
    lines = known.stdout.splitlines()
    installed = {line.split()[0] for line in lines if line.endswith(" install ok installed")}
    return [name for name in packages if name not in installed]


if __name__ == "__main__":
    main()
