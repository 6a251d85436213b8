"""The recorder as one file to carry to a school: `make edge-package`.

It holds the modules that `workers.edge` reaches and no others, so nothing of server, database or store is on a box.
The same files give the same bytes, so that anybody can check what a school was given.
"""

import ast
import gzip
import hashlib
import io
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
BESIDE = ("install.sh", "shouyuan-edge.service", "README.md")
_OURS = ("infra", "workers")
_NAME = "shouyuan-edge"
_MARK_DIGITS = 12


def modules() -> list[Path]:
    """Every file of ours that the recorder needs, from the root of the repository."""
    edge = ROOT / "workers" / "edge"
    waiting = [path for path in edge.rglob("*") if path.suffix in {".py", ".css"}]
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        packages = [folder / "__init__.py" for folder in path.parents if ROOT in folder.parents]
        waiting += [one for one in packages if one.exists()]
        waiting += _imported(path) if path.suffix == ".py" else []
    return sorted(path.relative_to(ROOT) for path in found)


def _imported(path: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
        for name in names:
            if name.split(".", 1)[0] in _OURS:
                place = ROOT.joinpath(*name.split("."))
                yield from (one for one in (place.with_suffix(".py"), place / "__init__.py") if one.exists())


def build(target: Path) -> Path:
    """Write the package."""
    target.parent.mkdir(parents=True, exist_ok=True)
    # gzip's own header would tell name and time.
    with (
        target.open("wb") as file,
        gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        for path in modules():
            archive.add(ROOT / path, f"{_NAME}/app/{path}", filter=_plain)
        _add_mark(archive)
        for name in BESIDE:
            archive.add(HERE / name, f"{_NAME}/{name}", filter=_plain)
        archive.add(ROOT / "workers" / "edge" / "requirements.txt", f"{_NAME}/requirements.txt", filter=_plain)
    return target


def _add_mark(archive: tarfile.TarFile) -> None:
    """By which the box names its program (`workers.edge.program`): others of the same files have the same."""
    digest = hashlib.sha256()
    for path in modules():
        digest.update(f"{path}\0{hashlib.sha256((ROOT / path).read_bytes()).hexdigest()}\n".encode())
    mark = digest.hexdigest()[:_MARK_DIGITS].encode()
    entry = tarfile.TarInfo(f"{_NAME}/app/PROGRAM")
    entry.size = len(mark)
    archive.addfile(_plain(entry), io.BytesIO(mark))


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without who made it and when."""
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = "root"
    entry.mode = 0o755 if entry.name.endswith(".sh") else 0o644
    return entry


if __name__ == "__main__":
    made = build(ROOT / "var" / f"{_NAME}.tar.gz")
    sys.stdout.write(f"{made}\n")
