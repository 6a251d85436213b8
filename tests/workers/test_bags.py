"""The folder that a package is: a bag for any archive, in which verify.py finds one changed byte wherever it is."""

import contextlib
import hashlib
import io
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import av
import bagit
import pytest

from infra import clock
from tenants.disclosures.packages import papers
from tenants.disclosures.packages.papers import Draft, Paper
from tenants.disclosures.packages.verify import NOT_VERIFIED, PARTLY, TAGS, VERIFIED, main
from tests.factories.evidence import Archive
from tests.factories.packages import built, opened, unpacked, verified
from tests.factories.requests import Request, footage_of, granted
from tests.made_segments import pictures

SECOND = timedelta(seconds=1)


@pytest.fixture
def start() -> datetime:
    """Two hours ago, to the second."""
    return clock.now().replace(microsecond=0) - timedelta(hours=2)


@pytest.fixture
def request_(archive: Archive, start: datetime) -> Request:
    """Granted and copied, not built."""
    footage_of(archive, start)
    found = granted(archive, start, asked=12 * SECOND)
    found.copy_hold()
    return found


def said(*arguments: object) -> tuple[int, str]:
    """What verify.py says, run in this process."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        state = main([str(argument) for argument in arguments])
    return state, out.getvalue()


def flip(file: Path, at: int) -> Callable[[], None]:
    """Change one bit; what comes back puts it right again."""
    whole = file.read_bytes()
    changed = bytearray(whole)
    changed[at] ^= 1
    file.write_bytes(changed)
    return lambda: file.write_bytes(whole) and None


@pytest.mark.req("KH-6-1d", "DR-07", "DR-24")
def test_an_archive_takes_the_package_in_as_a_bag(request_: Request, tmp_path: Path) -> None:
    built(request_, tmp_path)

    top = unpacked(opened(request_), tmp_path / "package").parent

    bag = bagit.Bag(str(top))
    bag.validate()
    assert (bag.version_info, bag.encoding, list(bag.algorithms)) == ((1, 0), "UTF-8", ["sha256"])
    serial = request_.disclosure().serial
    assert top.name == f"package-{serial.removeprefix('調閱-')}"
    assert bag.info["External-Identifier"] == serial
    assert bag.info["Bagging-Date"] == clock.today().isoformat()
    data = [file.stat().st_size for file in (top / "data").iterdir()]
    assert bag.info["Payload-Oxum"] == f"{sum(data)}.{len(data)}"
    assert bag.info["Source-Organization"]


@pytest.mark.req("DR-07")
def test_the_verifier_runs_in_the_bag_in_its_data_and_on_the_zip(request_: Request, tmp_path: Path) -> None:
    built(request_, tmp_path)
    plain = opened(request_)
    data = unpacked(plain, tmp_path / "package")
    (tmp_path / "whole.zip").write_bytes(plain)
    alone = tmp_path / "alone"
    data.rename(alone)

    without = said(alone)
    alone.rename(data)

    assert verified(folder=data).returncode == VERIFIED
    for given in (data.parent, data, tmp_path / "whole.zip"):
        state, words = said(given)
        assert state == VERIFIED
        assert "✔ manifest-sha256.txt 與檔案相符" in words
        assert f"✔ {TAGS} 與檔案相符" in words
    assert (without[0], f"沒有 {TAGS}" in without[1]) == (NOT_VERIFIED, True), "nobody's list, unless it is compared"
    alone_but_compared = hashlib.sha256((data / "manifest.json").read_bytes()).hexdigest()
    data.rename(alone)
    assert said(alone, "--fingerprint", alone_but_compared)[0] == PARTLY


@pytest.mark.req("DR-07")
def test_one_changed_byte_in_any_file_is_found_and_the_file_named(request_: Request, tmp_path: Path) -> None:
    built(request_, tmp_path)
    top = unpacked(opened(request_), tmp_path / "package").parent

    for file in sorted(file for file in top.rglob("*") if file.is_file() and file.name != TAGS):
        size = file.stat().st_size
        put_right = flip(file, size // 2)
        state, words = said(top)
        put_right()
        assert state != VERIFIED, file
        told = [line for line in words.splitlines() if "✘" in line and file.name in line]
        assert told, f"{file}: {words}"
    film = top / "data" / "C-GATE-1.mp4"
    flip(film, 100)
    state, words = said(top)
    assert state == NOT_VERIFIED
    assert words.count("C-GATE-1.mp4") == 1, "located once, and not repeated by the lists around it"
    assert f"在位元組 0–{film.stat().st_size - 1}（第 1 個 MiB）之內" in words


@pytest.mark.req("DR-07")
def test_no_byte_of_the_outermost_list_can_change_unseen(request_: Request, tmp_path: Path) -> None:
    built(request_, tmp_path)
    top = unpacked(opened(request_), tmp_path / "package").parent
    tags = top / TAGS
    text = tags.read_bytes()
    ends = [at for at, byte in enumerate(text) if byte in b"\n "]

    for at in (0, 40, *ends[:3], ends[-1], text.index(b"bagit")):
        put_right = flip(tags, at)
        state, words = said(top)
        put_right()
        assert state != VERIFIED, at
        assert TAGS in words
    tags.write_bytes(text.replace(b"\n", b"\x0b", 1))
    assert said(top)[0] != VERIFIED


@pytest.mark.req("DR-07")
def test_what_is_added_or_taken_away_is_named(request_: Request, tmp_path: Path) -> None:
    built(request_, tmp_path)
    top = unpacked(opened(request_), tmp_path / "package").parent

    (top / "extra.txt").write_text("beside")
    (top / "data" / "extra.mp4").write_bytes(b"inside")
    (top / "bagit.txt").unlink()
    words = said(top)[1]

    for name in ("extra.txt", "extra.mp4", "bagit.txt"):
        assert any("✘" in line and name in line for line in words.splitlines()), name


@pytest.mark.req("DR-07")
def test_a_paper_of_others_is_listed_and_checked(
    request_: Request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def record(draft: Draft) -> list[Paper]:
        return [Paper("record.pdf", f"%PDF of {draft.heading.serial}".encode())]

    monkeypatch.setattr("tenants.disclosures.packages.building.PAPERS", (*papers.PAPERS, record))
    built(request_, tmp_path)
    top = unpacked(opened(request_), tmp_path / "package").parent

    bagit.Bag(str(top)).validate()
    assert said(top)[0] == VERIFIED
    assert "record.pdf" in [file["name"] for file in _manifest(top)["files"]]
    flip(top / "data" / "record.pdf", 3)
    assert said(top)[0] != VERIFIED


@pytest.mark.req("DR-07", "KH-6-1d")
def test_the_manifest_has_both_hashes_of_each_segment_and_the_offset_of_each_clock(
    request_: Request, tmp_path: Path
) -> None:
    built(request_, tmp_path)
    data = unpacked(opened(request_), tmp_path / "package")
    manifest = _manifest(data.parent)

    lines = [json.loads(segment["line"]) for segment in manifest["segments"]]
    assert len(lines) == 3
    assert all(len(line["plain_sha256"]) == len(line["cipher_sha256"]) == 64 for line in lines)
    offset = manifest["windows"][0]["clock_offset_us"]
    assert (offset["least_us"], offset["most_us"], offset["partly"]) == (0, 0, False)
    assert f"  {manifest['windows'][0]['camera']}　{offset['words']}" in (data / "說明.txt").read_text(encoding="utf-8")


def _manifest(top: Path) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = json.loads((top / "data" / "manifest.json").read_text("utf-8"))
    return found


@pytest.mark.req("DR-25", "DR-07", "KH-6-1d")
def test_beside_h265_lies_a_copy_that_every_computer_plays_and_that_is_no_evidence(
    archive: Archive, start: datetime, tmp_path: Path
) -> None:
    segments = footage_of(archive, start, codec="libx265", audio=True)
    request = granted(archive, start, asked=12 * SECOND)
    request.copy_hold()

    built(request, tmp_path)

    data = unpacked(opened(request), tmp_path / "package")
    source = [packet for segment in segments for packet in pictures(archive.plain[segment.id])]
    assert pictures((data / "C-GATE-1.mp4").read_bytes()) == source, "the original is as the camera made it"
    with av.open(data / "C-GATE-1-browser.mp4") as copy:
        assert [stream.codec_context.name for stream in copy.streams] == ["h264", "aac"]
    listed = {file["name"]: file for file in _manifest(data.parent)["files"]}
    assert listed["C-GATE-1-browser.mp4"]["copy_of"] == "C-GATE-1.mp4"
    assert "window_id" not in listed["C-GATE-1-browser.mp4"]
    assert "不是證據" in (data / "說明.txt").read_text(encoding="utf-8")
    state, words = said(data.parent)
    assert state == VERIFIED
    assert "C-GATE-1-browser.mp4 與清單相符" in words
    (data / "C-GATE-1.mp4").write_bytes(b"")
    assert said(data.parent)[0] == NOT_VERIFIED, "without the original the copy proves nothing"
