"""Packages made by hand, without a database, and the damages that both verifiers must judge alike (DR-07).

Two videos of three MiB, one camera each, of which one signs its own; a note, a paper of custody, a token; signed by a
made-up institution.
"""

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra import certificates
from infra.archives import Archive
from infra.bags import Bag
from infra.boxes import box
from infra.certificates import OwnCertificate
from infra.export_boxes import side_information
from infra.signing import public_key_text, sign
from tenants.disclosures.packages.sealing import CERTIFICATE_NAME, CUSTODY_NAME, SIGNATURE_NAME, STAMP_NAME
from tenants.disclosures.packages.verify import CHUNK, LISTING, MANIFEST, NOT_VERIFIED, PARTLY, TAGS, VERIFIED
from tests.made_segments import EXPORTED

CAMERAS = ("gate", "room")
# What each camera signed of its own video.
SIGNING: dict[str, list[dict[str, Any]]] = {
    "gate": [{"framework": "axis_signed_video", "name": "Axis Signed Video", "units": 12}],
    "room": [],
}
NOTE = "note.txt"
_BOX = Ed25519PrivateKey.generate()
Package = dict[str, Any]


@cache
def institution(name: str = "made-up") -> OwnCertificate:
    """Its key and certificate, the same within one run."""
    return certificates.issue(name=name, identifier=name, at=datetime(2026, 11, 1, tzinfo=UTC))


def manifest(**changes: object) -> Package:
    """What the manifest says of whole files; `changes` replace what it says."""
    segments, windows = [], []
    for camera in CAMERAS:
        said = {"device_id": "box", "tenant_id": "k1", "camera_id": camera, "segment_id": f"of-{camera}"}
        line = json.dumps(said | {"started_us": 0, "ended_us": 10})
        segments.append({"line": line, "signature": sign(_BOX, line.encode())})
        span = {"from_us": 0, "until_us": 10, "shown": "10:00–10:10", "gaps": []}
        windows.append(span | {"window_id": f"window-{camera}", "camera_id": camera, "camera": camera})
    return {
        "format": "shouyuan-package/1",
        "serial": "1",
        "document_number": "1",
        "institution": {"id": "k1", "name": "made-up"},
        "devices": [{"device_id": "box", "public_key": public_key_text(_BOX)}],
        "segments": segments,
        "windows": windows,
    } | changes


def about_signing(camera: str) -> Package:
    """What the manifest says of a camera's own signatures."""
    return {"camera_signing": {"signed": bool(SIGNING[camera]), "frameworks": SIGNING[camera], "checked": False}}


def made(folder: Path, said: Package | None = None, *, by: OwnCertificate | None = None, begins_us: int = 0) -> Path:
    """A whole package in `folder`, whose first film says that it begins then; what comes back is its one folder."""
    own, text, archive = by or institution(), said or manifest(), Archive()
    bag, entries = Bag(archive, "package"), []
    for camera in CAMERAS:
        # The second is of before films said when they begin.
        about_it = side_information(begins_us, tracks=1, exported=EXPORTED)
        front = box(b"ftyp", b"isom") + about_it if camera == CAMERAS[0] else b""
        rest = hashlib.sha256(camera.encode()).digest() * (3 * CHUNK // 32)
        entry = bag.add(f"{camera}.mp4", front + rest[len(front) :])
        about: Package = {"camera_id": camera, "window_id": f"window-{camera}"}
        about |= {"origin_us": 0} if front else {}
        entries.append(vars(entry) | about | about_signing(camera))
    entries.append(vars(bag.add(NOTE, b"note")))
    bag.add(MANIFEST, json.dumps(text | {"files": entries}, ensure_ascii=False).encode())
    bag.add(STAMP_NAME, b"a token")
    bag.add(CUSTODY_NAME, b"%PDF a paper of custody")
    bag.close(
        [("Source-Organization", "made-up")],
        vouch=lambda listing: [
            (SIGNATURE_NAME, certificates.sign(own, listing)),
            (CERTIFICATE_NAME, own.certificate),
        ],
    )
    with zipfile.ZipFile(io.BytesIO(b"".join(map(bytes, archive.read())))) as zipped:
        zipped.extractall(folder)
    return folder / "package"


def zipped(top: Path) -> Path:
    """The folder as a ZIP beside it, stored as a package is."""
    path = top.parent / "package.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(top.rglob("*")):
            archive.write(file, file.relative_to(top.parent))
    return path


@dataclass(frozen=True, kw_only=True)
class Damage:
    """What was done to a package, which of the three states it is in then, and what must be named.

    `told`: the fingerprint that the officer was given another way, made of the package as it is.
    """

    name: str
    do: Callable[[Path], object]
    state: int
    named: tuple[str, ...] = ()
    told: Callable[[Path], str] = lambda _: ""


def flip(top: Path, name: str, at: int = 3) -> None:
    """Change one bit of one file."""
    data = bytearray((top / name).read_bytes())
    data[at] ^= 1
    (top / name).write_bytes(data)


def _flipped(name: str, at: int = 3) -> Callable[[Path], None]:
    return lambda top: flip(top, name, at)


def _lost(*names: str) -> Callable[[Path], None]:
    return lambda top: [(top / name).unlink() for name in names] and None


def _anew(said: Package, *, by: OwnCertificate | None = None) -> Callable[[Path], object]:
    return lambda top: made(top.parent, said, by=by)


def _cut(top: Path) -> None:
    video = top / "data/gate.mp4"
    video.write_bytes(video.read_bytes()[: 2 * CHUNK])


def _lengthened(top: Path) -> None:
    with (top / "data/gate.mp4").open("ab") as video:
        video.write(b"x")


def _only_data(top: Path) -> None:
    for file in top.iterdir():
        if file.is_file():
            file.unlink()


def _all_videos(top: Path) -> None:
    for camera in CAMERAS:
        flip(top, f"data/{camera}.mp4", 7)


def _unsigned_by_box(*cameras: str) -> Package:
    said = manifest()
    for segment in said["segments"]:
        if json.loads(segment["line"])["camera_id"] in cameras:
            segment["signature"] = base64.b64encode(bytes(64)).decode()
    return said


def _of_list(top: Path) -> str:
    return hashlib.sha256((top / "data" / MANIFEST).read_bytes()).hexdigest()


def _of_certificate(_top: Path) -> str:
    return certificates.fingerprint(institution().certificate)


_SERIAL = len('{"format": "shouyuan-package/1", "serial": "')
_BROKEN_LIST = (MANIFEST,)
_GATE_IN_SECOND = ("gate.mp4", "第 2 個 MiB")
DAMAGES = (
    Damage(name="none", do=lambda _: None, state=VERIFIED),
    Damage(name="none, list compared", do=lambda _: None, state=VERIFIED, told=_of_list),
    Damage(name="none, certificate compared", do=lambda _: None, state=VERIFIED, told=_of_certificate),
    Damage(name="none, other fingerprint", do=lambda _: None, state=NOT_VERIFIED, told=lambda _: "0" * 64),
    Damage(name="video", do=_flipped("data/gate.mp4", CHUNK + 5), state=PARTLY, named=_GATE_IN_SECOND),
    Damage(name="every video", do=_all_videos, state=NOT_VERIFIED, named=("gate.mp4", "room.mp4", "第 1 個 MiB")),
    Damage(name="video lost", do=_lost("data/gate.mp4"), state=PARTLY, named=("gate.mp4",)),
    Damage(
        name="every video lost",
        do=_lost("data/gate.mp4", "data/room.mp4"),
        state=NOT_VERIFIED,
        named=("gate.mp4", "room.mp4"),
    ),
    Damage(name="video cut", do=_cut, state=PARTLY, named=("gate.mp4",)),
    Damage(name="video lengthened", do=_lengthened, state=PARTLY, named=("gate.mp4", "第 4 個 MiB")),
    Damage(
        name="start of a video",
        do=lambda top: made(top.parent, begins_us=1),
        state=PARTLY,
        named=("gate.mp4", "起始時刻"),
    ),
    Damage(name="note", do=_flipped(f"data/{NOTE}"), state=PARTLY, named=(NOTE, "第 1 個 MiB")),
    Damage(name="custody", do=_flipped(f"data/{CUSTODY_NAME}"), state=PARTLY, named=(CUSTODY_NAME, "第 1 個 MiB")),
    Damage(name="custody lost", do=_lost(f"data/{CUSTODY_NAME}"), state=PARTLY, named=(CUSTODY_NAME,)),
    Damage(name="token", do=_flipped(f"data/{STAMP_NAME}"), state=PARTLY, named=(STAMP_NAME, "第 1 個 MiB")),
    Damage(name="bag", do=_flipped("bagit.txt"), state=PARTLY, named=("bagit.txt", "第 1 個 MiB")),
    Damage(name="outer list", do=_flipped(TAGS), state=PARTLY, named=(TAGS,)),
    Damage(name="manifest", do=_flipped(f"data/{MANIFEST}", _SERIAL), state=NOT_VERIFIED, named=_BROKEN_LIST),
    Damage(name="manifest no JSON", do=_flipped(f"data/{MANIFEST}", 0), state=NOT_VERIFIED, named=_BROKEN_LIST),
    Damage(name="list", do=_flipped(LISTING), state=NOT_VERIFIED, named=(LISTING,)),
    Damage(name="list, but manifest compared", do=_flipped(LISTING), state=PARTLY, named=(LISTING,), told=_of_list),
    Damage(name="signature", do=_flipped(SIGNATURE_NAME), state=NOT_VERIFIED, named=(SIGNATURE_NAME,)),
    Damage(name="signature lost", do=_lost(SIGNATURE_NAME), state=NOT_VERIFIED),
    Damage(name="certificate's key", do=_flipped(CERTIFICATE_NAME, 500), state=NOT_VERIFIED, named=(CERTIFICATE_NAME,)),
    Damage(name="certificate's end", do=_flipped(CERTIFICATE_NAME, -9), state=PARTLY, named=(CERTIFICATE_NAME,)),
    Damage(name="certificate no DER", do=_flipped(CERTIFICATE_NAME, 1), state=NOT_VERIFIED, named=(CERTIFICATE_NAME,)),
    Damage(name="only data kept", do=_only_data, state=NOT_VERIFIED),
    Damage(name="only data kept, list compared", do=_only_data, state=PARTLY, named=(TAGS,), told=_of_list),
    Damage(name="outer list lost", do=_lost(TAGS), state=PARTLY, named=(TAGS,)),
    Damage(name="added", do=lambda top: (top / "data/x.mp4").write_bytes(b"x"), state=PARTLY, named=("x.mp4",)),
    Damage(name="one box", do=_anew(_unsigned_by_box("gate")), state=PARTLY, named=("of-gate",)),
    Damage(name="every box", do=_anew(_unsigned_by_box(*CAMERAS)), state=NOT_VERIFIED, named=("of-gate", "of-room")),
    Damage(name="other lines", do=_anew(manifest(institution={"id": "k2", "name": "x"})), state=NOT_VERIFIED),
    Damage(name="hidden gap", do=_anew(manifest(segments=manifest()["segments"][1:])), state=PARTLY, named=("gate",)),
    Damage(name="other format", do=_anew(manifest(format="shouyuan-package/0")), state=NOT_VERIFIED),
    Damage(
        name="signed by another",
        do=_anew(manifest(), by=institution("another")),
        state=NOT_VERIFIED,
        told=_of_certificate,
    ),
)
