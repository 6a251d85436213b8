"""What verify.py says of packages made by hand: whole, partly whole, and with no video left to trust."""

from pathlib import Path

import pytest

from tenants.disclosures.packages.verify import CHUNK, MANIFEST, NOT_VERIFIED, PARTLY, VERIFIED, main
from tests import made_packages
from tests.made_packages import CAMERAS, DAMAGES, Damage, flip, made, zipped

pytestmark = pytest.mark.req("DR-07")
STATES = {VERIFIED: "驗證通過", PARTLY: "部分通過", NOT_VERIFIED: "驗證失敗"}


@pytest.mark.parametrize("form", ["folder", "zip"])
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_each_damage_has_its_state_and_is_named(
    damage: Damage, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    top = made(tmp_path)
    damage.do(top)
    told = damage.told(top)

    state = main([str(zipped(top) if form == "zip" else top), *(["--fingerprint", told] if told else [])])

    said = capsys.readouterr().out
    assert state == damage.state, said
    assert [words for words in STATES.values() if f"{words}：" in said] == [STATES[damage.state]]
    found = "\n".join(line for line in said.splitlines() if line.lstrip().startswith(("✘", "？")))
    assert all(name in found for name in damage.named), said
    assert bool(found) == (damage.state != VERIFIED)


def test_a_whole_package_is_verified(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(made(tmp_path))]) == VERIFIED
    assert capsys.readouterr().out.count("全程有影像") == len(CAMERAS)


def test_one_changed_byte_is_located_to_its_mebibyte_and_the_other_video_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    top = made(tmp_path)
    flip(top, "data/gate.mp4", CHUNK + 5)

    assert main([str(top)]) == PARTLY

    said = capsys.readouterr().out
    assert f"✘ gate.mp4 內容已變更，在位元組 {CHUNK}–{2 * CHUNK - 1}（第 2 個 MiB）之內" in said
    assert "✔ room（10:00–10:10） 全程有影像" in said
    assert "✔ gate（" not in said


def test_what_it_cannot_check_is_said_and_not_claimed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    top = made(tmp_path)

    main([str(top)])

    said = capsys.readouterr().out
    assert "※ 監錄資料保管鏈紀錄.pdf 內的簽章請以 PDF 閱讀程式檢視" in said
    assert f"※ {MANIFEST}.tsr 內的時戳機構的簽署" in said


def test_what_a_camera_signed_is_told_as_unchecked_and_changes_no_state(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(made(tmp_path))]) == VERIFIED

    said = capsys.readouterr().out.splitlines()
    units, how = "（Axis Signed Video 12 個簽章單元）", "未檢核，請以攝影機廠商的工具與憑證檢核"
    assert f"  ※ gate.mp4 依清單含攝影機自身的簽章{units}：{how}" in said
    assert "  ※ room.mp4 依清單沒有攝影機自身的簽章" in said


def test_of_a_video_that_was_changed_nothing_is_told_of_its_camera(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    top = made(tmp_path)
    flip(top, "data/gate.mp4")

    assert main([str(top)]) == PARTLY

    said = capsys.readouterr().out
    assert "gate.mp4 依清單" not in said
    assert "room.mp4 依清單" in said


def test_a_package_of_before_anybody_looked_says_nothing_of_cameras(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made_packages, "about_signing", lambda _camera: {})
    assert main([str(made(tmp_path))]) == VERIFIED
    assert "攝影機自身的簽章" not in capsys.readouterr().out
