"""What an officer collected, opened from its envelope to its pictures with programs of others (DR-07, DR-25)."""

import hashlib
import json
import subprocess
import zipfile
from pathlib import Path

import bagit
import pytest

from infra.stack.processes import program
from tenants.disclosures.packages.sealing import CERTIFICATE_NAME, CUSTODY_NAME
from tests import printouts
from tests.webapp.media.conftest import Stage

LIST = "manifest-sha256.txt"


def run(name: str, *arguments: str | Path, package: str = "") -> str:
    """What a program of the system says. Fails where it fails."""
    command = [program(name, package=package or name), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - Debian's
    assert done.returncode == 0, f"{name}: {done.stderr}"
    return done.stdout


@pytest.mark.needs("age", "faces", "ffprobe", "pdftotext")
@pytest.mark.req("KH-6-1d", "DR-07", "DR-25", "DR-24")
def test_age_unzips_bagit_validates_ffprobe_reads_openssl_and_pdfsig_check(stage: Stage, tmp_path: Path) -> None:
    key, issued = stage.key(), stage.link()
    answer = stage.browser(stage.request.officer).post(stage.collection, data=stage.receipt(issued.token))
    assert answer.status_code == 200
    sealed, own, plain = tmp_path / "copy.zip.age", tmp_path / "key.txt", tmp_path / "copy.zip"
    sealed.write_bytes(answer.data)
    own.write_text(key.secret)

    run("age", "-d", "-i", own, "-o", plain, sealed)

    assert hashlib.sha256(plain.read_bytes()).hexdigest() == stage.request.package().sha256
    with zipfile.ZipFile(plain) as archive:
        archive.extractall(tmp_path / "package")
    (top,) = (tmp_path / "package").iterdir()
    bagit.Bag(str(top)).validate()
    films = sorted((top / "data").glob("*.mp4"))
    assert films
    for film in films:
        said = json.loads(run("ffprobe", "-v", "error", "-of", "json", "-show_streams", film, package="ffmpeg"))
        assert [stream["codec_name"] for stream in said["streams"] if stream["codec_type"] == "video"] == ["h264"]
        assert run("ffmpeg", "-v", "error", "-i", film, "-f", "null", "-") == ""
    assert "Signature is Valid." in printouts.signatures((top / "data" / CUSTODY_NAME).read_bytes())
    public = tmp_path / "public.pem"
    public.write_text(run("openssl", "x509", "-inform", "DER", "-in", top / CERTIFICATE_NAME, "-pubkey", "-noout"))
    options = ("-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32")
    checked = ("-verify", public, "-signature", top / f"{LIST}.sig", top / LIST)
    assert "Verified OK" in run("openssl", "dgst", "-sha256", *options, *checked)
