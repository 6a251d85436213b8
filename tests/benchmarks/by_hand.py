"""The samples of a hold's copies in one playable file, by programs of the system alone: what a careful person types.

Once as the goal says, and once with whatever else an export owes: each copy's hash, the film's hash and that of each
mebibyte, the package's, and the package encrypted and in the store.
"""

import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.s3_client import s3_client
from infra.settings import StoreSettings
from infra.stack.processes import plain_env

# Of nobody: its private half is nowhere.
RECIPIENT = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
_JOINING = "ffmpeg -v error -f concat -safe 0 -i list.txt -c copy -y out.mp4"


@dataclass(frozen=True, kw_only=True)
class Hand:
    """What a person has: where the copies lie, the key of their hold, and a folder to work in."""

    settings: StoreSettings
    copies: Sequence[str]
    secret: str
    scratch: Path

    def join(self) -> float:
        """Seconds of `curl | age -d` for each copy, and `ffmpeg -c copy` over them all."""
        opening = [f"curl -sSf '{url}' | age -d -i key.txt > {n}.mp4" for n, url in enumerate(self._got())]
        return self._took([*opening, _JOINING])

    def package(self) -> float:
        """Seconds of the same with whatever else an export owes. Up to 5 GB: what is put is not in parts."""
        opening = [
            f"curl -sSf '{url}' | age -d -i key.txt | tee {n}.mp4 | sha256sum >> hashes"
            for n, url in enumerate(self._got())
        ]
        (url,) = self._signed("put_object", ["by-hand/package"])
        script = [
            *opening,
            _JOINING,
            "rm [0-9]*.mp4",
            "sha256sum out.mp4 >> hashes",
            "split -b 1M --filter=sha256sum out.mp4 >> hashes",
            "sha256sum out.mp4 >> hashes",
            f"age -r {RECIPIENT} -o package.age out.mp4",
            f"curl -sSf -T package.age '{url}'",
        ]
        return self._took(script)

    def _got(self) -> list[str]:
        return list(self._signed("get_object", self.copies))

    def _signed(self, operation: str, keys: Sequence[str]) -> Iterator[str]:
        client = s3_client(self.settings, self.settings.endpoint)
        for key in keys:
            yield client.generate_presigned_url(operation, Params={"Bucket": self.settings.bucket, "Key": key})

    def _took(self, script: Sequence[str]) -> float:
        with self._folder() as folder:
            (folder / "script").write_text("\n".join(["set -e -o pipefail", *script, ""]), encoding="utf-8")
            began = time.perf_counter()
            subprocess.run(["bash", "script"], cwd=folder, env=plain_env(), check=True)  # noqa: S607
            return time.perf_counter() - began

    @contextmanager
    def _folder(self) -> Iterator[Path]:
        folder = self.scratch / "by-hand"
        folder.mkdir()
        try:
            (folder / "key.txt").write_text(self.secret, encoding="ascii")
            listed = "".join(f"file {number}.mp4\n" for number in range(len(self.copies)))
            (folder / "list.txt").write_text(listed, encoding="ascii")
            yield folder
        finally:
            shutil.rmtree(folder)
