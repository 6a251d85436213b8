"""verify.py on a real package: what was changed is found, located, and told from what is whole."""

import base64
import hashlib
import json
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from infra import clock
from tests.factories.evidence import Archive
from tests.factories.packages import built, opened, unpacked, verified
from tests.factories.requests import footage_of, granted

SECOND = timedelta(seconds=1)


@pytest.fixture
def start() -> datetime:
    """Two hours ago, to the second."""
    return clock.now().replace(microsecond=0) - timedelta(hours=2)


@pytest.mark.req("DR-07")
def test_one_changed_byte_is_found_and_located(archive: Archive, start: datetime, tmp_path: Path) -> None:
    footage_of(archive, start)
    request = granted(archive, start, asked=12 * SECOND)
    request.copy_hold()
    built(request, tmp_path)
    plain = opened(request)
    folder = unpacked(plain, tmp_path / "package")
    video = folder / "C-GATE-1.mp4"
    changed = bytearray(video.read_bytes())
    changed[len(changed) // 2] ^= 1
    video.write_bytes(changed)
    zipped = bytearray(plain)
    zipped[plain.index(b"ftyp") + 2000] ^= 1
    (tmp_path / "changed.zip").write_bytes(zipped)
    (tmp_path / "whole.zip").write_bytes(plain)

    in_folder, in_zip = verified(folder=folder), verified(tmp_path / "changed.zip", folder=folder)
    whole = verified(tmp_path / "whole.zip", folder=folder)

    for ran in (in_folder, in_zip):
        assert ran.returncode == 1, "it was the only video"
        assert "驗證失敗" in ran.stdout
        assert "部分通過" not in ran.stdout
        assert "全程有影像" not in ran.stdout
        assert f"✘ C-GATE-1.mp4 內容已變更，在位元組 0–{len(changed) - 1}（第 1 個 MiB）之內" in ran.stdout
        assert "✔ 說明.txt" in ran.stdout
    assert whole.returncode == 0


@pytest.mark.req("DR-07")
def test_verify_tells_the_three_states_apart(archive: Archive, start: datetime, tmp_path: Path) -> None:
    footage_of(archive, start)
    request = granted(archive, start, asked=12 * SECOND)
    request.copy_hold()
    built(request, tmp_path)
    folder = unpacked(opened(request), tmp_path / "package")
    manifest = folder / "manifest.json"
    text = manifest.read_text(encoding="utf-8")
    fingerprint = hashlib.sha256(text.encode()).hexdigest()
    document = json.loads(text)

    def with_change(change: object) -> subprocess.CompletedProcess[str]:
        changed = json.dumps(change, ensure_ascii=False)
        manifest.write_text(changed, encoding="utf-8")
        assert verified(folder=folder).returncode == 1, "it is not what the institution signed"
        return verified("--fingerprint", hashlib.sha256(changed.encode()).hexdigest(), folder=folder)

    assert verified("--fingerprint", fingerprint.upper(), folder=folder).returncode == 0
    assert verified("--fingerprint", "0" * 64, folder=folder).returncode == 1
    for placeholder in ("函復所載的清單指紋", fingerprint[:-1], "g" * 64):
        told = verified("--fingerprint", placeholder, folder=folder)
        assert (told.returncode, told.stdout.strip()) == (1, "這不是指紋（應為 64 個英數字）")
    forged = json.loads(text)
    signature = bytearray(base64.b64decode(forged["segments"][0]["signature"]))
    signature[0] ^= 1
    forged["segments"][0]["signature"] = base64.b64encode(signature).decode()
    ran = with_change(forged)
    assert (ran.returncode, "裝置簽章無效" in ran.stdout) == (2, True)
    hidden = document | {"segments": document["segments"][:1]}
    ran = with_change(hidden)
    assert (ran.returncode, "缺漏時段與裝置簽署的紀錄不符" in ran.stdout) == (2, True)
    foreign = document | {"institution": {"id": str(UUID(int=0)), "name": "別園"}}
    assert with_change(foreign).returncode == 1, "no line of this institution vouches for any video"
    manifest.write_text("{", encoding="utf-8")
    assert verified(folder=folder).returncode == 1
    assert verified(tmp_path / "none.zip", folder=folder).returncode == 1
    manifest.write_text(text, encoding="utf-8")
    (folder / "extra.mp4").write_bytes(b"a clip that somebody put beside it")
    assert "extra.mp4 不在清單上" in verified(folder=folder).stdout
