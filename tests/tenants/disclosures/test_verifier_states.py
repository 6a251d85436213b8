"""What verify.py says of packages made by hand: whole, partly whole, and with no video left to trust."""

import base64
import hashlib
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tenants.disclosures.packages.verify import CHUNK, MANIFEST, main

pytestmark = pytest.mark.req("DR-07")
CAMERAS = ("gate", "room")


def listed(name: str, data: bytes) -> dict[str, object]:
    chunks = [data[start : start + CHUNK] for start in range(0, len(data), CHUNK)]
    return {
        "name": name,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "chunks": [hashlib.sha256(chunk).hexdigest() for chunk in chunks],
    }


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Two videos of three MiB, one camera each, and a note."""
    signer, segments, files, windows = Ed25519PrivateKey.generate(), [], [], []
    key = signer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    for camera in CAMERAS:
        said = {"device_id": "box", "tenant_id": "k1", "camera_id": camera, "segment_id": f"of-{camera}"}
        line = json.dumps(said | {"started_us": 0, "ended_us": 10})
        signature = base64.b64encode(signer.sign(line.encode())).decode()
        segments.append({"line": line, "signature": signature})
        video = hashlib.sha256(camera.encode()).digest() * (3 * CHUNK // 32)
        (tmp_path / f"{camera}.mp4").write_bytes(video)
        files.append(listed(f"{camera}.mp4", video) | {"camera_id": camera, "window_id": f"window-{camera}"})
        span = {"from_us": 0, "until_us": 10, "shown": "10:00–10:10", "gaps": []}
        windows.append(span | {"window_id": f"window-{camera}", "camera_id": camera, "camera": camera})
    (tmp_path / "note.txt").write_bytes(b"note")
    manifest = {
        "format": "shouyuan-package/1",
        "serial": "1",
        "document_number": "1",
        "institution": {"id": "k1"},
        "devices": [{"device_id": "box", "public_key": base64.b64encode(key).decode()}],
        "segments": segments,
        "files": [*files, listed("note.txt", b"note")],
        "windows": windows,
    }
    (tmp_path / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    return tmp_path


def flip(file: Path, at: int) -> None:
    data = bytearray(file.read_bytes())
    data[at] ^= 1
    file.write_bytes(data)


def test_a_whole_package_is_verified(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(package)]) == 0
    assert capsys.readouterr().out.count("全程有影像") == len(CAMERAS)


def test_one_changed_byte_is_located_to_its_mebibyte_and_the_other_video_holds(
    package: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flip(package / "gate.mp4", CHUNK + 5)

    assert main([str(package)]) == 2

    said = capsys.readouterr().out
    assert "部分通過" in said
    assert f"✘ gate.mp4 內容已變更，在位元組 {CHUNK}–{2 * CHUNK - 1} 之內" in said
    assert "✔ room（10:00–10:10） 全程有影像" in said
    assert "✔ gate（" not in said


@pytest.mark.parametrize("how", ["changed", "lost", "unsigned"])
def test_without_one_whole_video_it_failed_although_the_note_is_whole(
    package: Path, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    for camera in CAMERAS:
        if how == "changed":
            flip(package / f"{camera}.mp4", 7)
        elif how == "lost":
            (package / f"{camera}.mp4").unlink()
    if how == "unsigned":
        manifest = json.loads((package / MANIFEST).read_text(encoding="utf-8"))
        for segment in manifest["segments"]:
            segment["signature"] = base64.b64encode(bytes(64)).decode()
        (package / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")

    assert main([str(package)]) == 1

    said = capsys.readouterr().out
    assert "驗證失敗" in said
    assert "部分通過" not in said
    assert "全程有影像" not in said
    assert "✔ note.txt" in said
