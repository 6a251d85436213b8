"""A package of a film that its camera signed and one that it did not: manifest, notes and verify.py say which."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra import clock
from tenants.disclosures.packages.parts import CameraSigning, parts_of
from tests.factories.evidence import Archive
from tests.factories.packages import built, opened, unpacked, verified
from tests.factories.requests import Request, footage_of, granted
from tests.signed_video import AXIS, ONVIF, samples, sei, stream

SECOND = timedelta(seconds=1)
pytestmark = pytest.mark.req("DR-07", "KH-6-1d")


@pytest.fixture
def start() -> datetime:
    """Two hours ago, to the second."""
    return clock.now().replace(microsecond=0) - timedelta(hours=2)


@pytest.fixture
def package(archive: Archive, start: datetime, tmp_path: Path) -> tuple[Request, Path]:
    """Its `data` folder: four seconds that the camera signed, then four of another stream that it did not."""
    signing = {number: [sei("h264", ONVIF, bytes(100))] for number in range(0, 40, 10)}
    film = stream("h264", signing | {5: [sei("h264", AXIS, b"tlv")]}, kind="mp4").getvalue()
    archive.record(start, seconds=4, plain=film)
    footage_of(archive, start + 4 * SECOND, segments=1)
    request = granted(archive, start, asked=8 * SECOND)
    request.copy_hold()
    built(request, tmp_path)
    return request, unpacked(opened(request), tmp_path / "package")


def listed(data: Path) -> dict[str, Any]:
    files = json.loads((data / "manifest.json").read_text(encoding="utf-8"))["files"]
    return {file["name"]: file["camera_signing"] for file in files if "camera_signing" in file}


def test_the_manifest_says_of_each_film_who_signed_it_and_that_nobody_checked(package: tuple[Request, Path]) -> None:
    said = listed(package[1])

    assert said["C-GATE-1.mp4"] == {
        "signed": True,
        "frameworks": [
            {"framework": "axis_signed_video", "name": "Axis Signed Video", "units": 1},
            {"framework": "onvif_media_signing", "name": "ONVIF Media Signing", "units": 4},
        ],
        "checked": False,
        "words": "影像含攝影機自身的簽章（Axis Signed Video，簽章單元 1 個、ONVIF Media Signing，簽章單元 4 個）；"
        "未檢核，須以攝影機廠商的工具與憑證檢核",
    }
    assert said["C-GATE-2.mp4"] == {
        "signed": False,
        "frameworks": [],
        "checked": False,
        "words": "影像中沒有攝影機自身的簽章",
    }


def test_the_signing_units_are_in_the_film_as_the_camera_sent_them(package: tuple[Request, Path]) -> None:
    units = [unit for units in samples((package[1] / "C-GATE-1.mp4").read_bytes()) for unit in units]
    assert units.count(sei("h264", ONVIF, bytes(100))) == 4


def test_the_row_keeps_it_for_the_pages(package: tuple[Request, Path]) -> None:
    signed, unsigned = parts_of(package[0].package())
    assert signed.signing == (
        CameraSigning(framework="axis_signed_video", units=1),
        CameraSigning(framework="onvif_media_signing", units=4),
    )
    assert unsigned.signing == ()


def test_the_notes_and_the_verifier_say_it_and_the_package_is_verified(package: tuple[Request, Path]) -> None:
    notes = (package[1] / "說明.txt").read_text(encoding="utf-8")
    assert notes.index("C-GATE-1.mp4") < notes.index("影像含攝影機自身的簽章（Axis") < notes.index("C-GATE-2.mp4")
    assert "本系統沒有廠商的憑證，未予檢核" in notes
    ran = verified(folder=package[1])
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "※ C-GATE-1.mp4 依清單含攝影機自身的簽章（Axis Signed Video 1 個簽章單元、ONVIF" in ran.stdout
    assert "驗證通過" in ran.stdout
