"""`python -m workers.verify`: all that verify.py checks, and the signatures that it leaves to other programs."""

import subprocess
import sys
from pathlib import Path

import pytest

from infra import pdf_signing
from infra.bags import Bag
from infra.certificates import OwnCertificate
from infra.timestamps import TimestampAuthority
from tenants.disclosures.packages.sealing import CUSTODY_NAME, STAMP_NAME
from tenants.disclosures.packages.verify import MANIFEST, NOT_VERIFIED, PARTLY, VERIFIED
from tests.made_documents import a_pdf
from tests.made_packages import flip, institution, made, zipped
from tests.time_authority import TimeAuthority
from workers.verify import main

pytestmark = pytest.mark.req("DR-07")


def paper(by: OwnCertificate) -> bytes:
    return pdf_signing.signed(a_pdf(), own=by, name="made-up", reason="custody", authority=None)


@pytest.fixture
def real(tmp_path: Path, authority: TimeAuthority, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package whose paper and token are real ones; a test may exchange either before it is made."""
    put = Bag.add
    held: dict[str, bytes] = {}

    def add(bag: Bag, name: str, content: bytes) -> object:
        if name == MANIFEST:
            held[name] = content
        if name == STAMP_NAME:
            content = TimestampAuthority(authority.url).stamp(held[MANIFEST]).answer
        if name == CUSTODY_NAME:
            content = paper(institution())
        return put(bag, name, content)

    monkeypatch.setattr(Bag, "add", add)
    return made(tmp_path / "package")


def test_everything_holds_and_is_said(real: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for given in (real, zipped(real)):
        assert main([str(given)]) == VERIFIED
        said = capsys.readouterr().out
        assert "✔ 監錄資料保管鏈紀錄的簽章有效" in said
        assert "由 Common Name: Made-up time 簽發" in said
        assert "✘" not in said


def test_a_paper_by_another_hand_and_a_token_that_is_none_are_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(made(tmp_path))]) == PARTLY, "its paper and token are not real ones"
    said = capsys.readouterr().out
    assert f"✘ {CUSTODY_NAME} 的簽章不符" in said
    assert f"✘ {STAMP_NAME} 不是這份清單的有效時戳" in said
    assert said.rstrip().splitlines()[-1].startswith("部分通過")


def test_what_verify_py_refuses_stays_refused(real: Path) -> None:
    flip(real, f"data/{MANIFEST}", 0)
    assert main([str(real)]) == NOT_VERIFIED
    assert main([str(real / "none.zip")]) == NOT_VERIFIED


def test_it_runs_without_any_setting(real: Path) -> None:
    command = [sys.executable, "-m", "workers.verify", str(real)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin"})  # noqa: S603
    assert (ran.returncode, ran.stderr) == (VERIFIED, "")
