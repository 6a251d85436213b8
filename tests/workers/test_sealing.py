"""What vouches for a real package: the institution's key, its signed paper of custody, and an authority's time."""

import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from infra import clock, typesetting
from infra.certificates import issue
from infra.db import db
from infra.kms import CannotUnwrap
from infra.tenancy import Binding, bind
from infra.timestamps import TimestampAuthority
from tenants.audit import queries as audit
from tenants.audit.models import AuditEvent
from tenants.disclosures.models import DisclosureWindow
from tenants.disclosures.packages.certificates import Signer, keep, signer
from tenants.disclosures.packages.models import Package, PackageState, SigningCertificate
from tenants.disclosures.packages.sealing import CERTIFICATE_NAME, CUSTODY_NAME, CUSTODY_TEXT_NAME, STAMP_NAME
from tenants.errors import Tampered
from tenants.people.models import User
from tenants.roc_dates import format_instant
from tests import printouts
from tests.factories.evidence import ACTOR, Archive
from tests.factories.ledger import anchored, stamped
from tests.factories.packages import built, opened, unpacked, verified
from tests.factories.registry import institution
from tests.factories.requests import Request, footage_of, granted
from tests.time_authority import TimeAuthority, respond

SECOND = timedelta(seconds=1)
pytestmark = [pytest.mark.req("DR-07"), pytest.mark.needs("faces", "pdftotext")]


@pytest.fixture
def start() -> datetime:
    """Two hours ago, to the second."""
    return clock.now().replace(microsecond=0) - timedelta(hours=2)


@pytest.fixture
def request_(archive: Archive, start: datetime) -> Request:
    """Granted and copied, with a gap in the middle, not built."""
    footage_of(archive, start, segments=1)
    footage_of(archive, start + 8 * SECOND, segments=1)
    found = granted(archive, start, asked=12 * SECOND)
    found.copy_hold()
    return found


def certificate_of(request: Request) -> SigningCertificate:
    return db.session.scalars(
        select(SigningCertificate).where(SigningCertificate.fingerprint == request.package().certificate_fingerprint)
    ).one()


@pytest.mark.req("KH-6-1d", "KH-6-5a", "DR-23")
def test_the_paper_of_custody_is_signed_and_says_who_what_and_which(request_: Request, tmp_path: Path) -> None:
    seq, newest = audit.newest(tenant_id=request_.tenant_id)
    built(request_, tmp_path)
    data, package = unpacked(opened(request_), tmp_path / "package"), request_.package()

    paper = data / CUSTODY_NAME
    said, words = printouts.signatures(paper.read_bytes()), printouts.words(paper.read_bytes())
    assert "Signature is Valid." in said
    assert "Certificate issuer is unknown." in said, "its own certificate, which is expected and said on the paper"
    manifest = (data / "manifest.json").read_bytes()
    listed = [file["sha256"] for file in json.loads(manifest)["files"]]
    for expected in (
        *(
            "晨光幼兒園",
            request_.disclosure().serial,
            "高市警左分偵字第11571234500號",
            "偵查佐陳志明",
            "王園長",
            "同意",
        ),
        *("C-GATE", "4.000", "原因不明", "先行保全", "審核決定", "尚未錨定", "本系統未設定時戳機構"),
        "六所列的錨定均無時戳",
        *(*listed, package.certificate_fingerprint, hashlib.sha256(manifest).hexdigest()),
        *(f"第{seq}筆", newest),
    ):
        assert expected in words, expected
    assert (package.chain_seq, package.chain_hash, package.stamped_at) == (seq, newest, None)
    assert not (data / STAMP_NAME).exists()
    assert verified(folder=data).returncode == 0


def test_its_key_is_made_once_recorded_and_checked_by_its_fingerprint(request_: Request, tmp_path: Path) -> None:
    built(request_, tmp_path)
    data, row = unpacked(opened(request_), tmp_path / "package"), certificate_of(request_)

    known = signer(tenant_id=request_.tenant_id, kms=request_.archive.kms)

    assert (known.is_new, known.row.fingerprint) == (False, row.fingerprint)
    assert (data.parent / CERTIFICATE_NAME).read_bytes() == row.certificate
    assert known.own.secret not in row.wrapped_secret
    told = db.session.scalars(select(AuditEvent).where(AuditEvent.event == "signing_certificate:made")).all()
    assert [event.fields["fingerprint"] for event in told] == [row.fingerprint]
    assert verified("--fingerprint", row.fingerprint, folder=data).returncode == 0
    assert verified("--fingerprint", "0" * 64, folder=data).returncode == 1


def test_the_key_of_another_institution_cannot_sign(archive: Archive) -> None:
    kms, k1 = archive.kms, archive.of.tenant_id
    own = signer(tenant_id=k1, kms=kms)
    keep(own, actor=ACTOR)
    stolen = own.row.wrapped_secret
    db.session.commit()
    k2 = institution("K2").tenant_id
    bind(db.session, Binding(tenant_id=k2))
    assert signer(tenant_id=k2, kms=kms).is_new, "what is K1's is not found"
    other = signer(tenant_id=k2, kms=kms)
    keep(other, actor=ACTOR)
    db.session.execute(update(SigningCertificate).values(wrapped_secret=stolen))
    db.session.commit()

    with pytest.raises(CannotUnwrap):
        signer(tenant_id=k2, kms=kms)


def test_a_certificate_that_somebody_exchanged_signs_nothing(archive: Archive) -> None:
    own: Signer = signer(tenant_id=archive.of.tenant_id, kms=archive.kms)
    keep(own, actor=ACTOR)
    foreign = issue(name="another", identifier="another", at=clock.now())
    db.session.execute(update(SigningCertificate).values(certificate=foreign.certificate))
    db.session.commit()

    with pytest.raises(Tampered, match="簽章金鑰與憑證不符"):
        signer(tenant_id=archive.of.tenant_id, kms=archive.kms)


def test_a_certificate_that_ends_soon_is_followed_by_another(archive: Archive) -> None:
    first = signer(tenant_id=archive.of.tenant_id, kms=archive.kms)
    keep(first, actor=ACTOR)
    db.session.commit()
    assert not signer(tenant_id=archive.of.tenant_id, kms=archive.kms).is_new
    db.session.execute(update(SigningCertificate).values(ends_at=clock.now() + timedelta(days=365)))
    db.session.commit()

    assert signer(tenant_id=archive.of.tenant_id, kms=archive.kms).is_new


def test_an_authoritys_time_stands_beside_the_manifest_and_in_the_paper(
    request_: Request, authority: TimeAuthority, tmp_path: Path
) -> None:
    built(request_, tmp_path, authority=TimestampAuthority(authority.url))
    data, package = unpacked(opened(request_), tmp_path / "package"), request_.package()

    assert authority.accepts(data / STAMP_NAME, data / "manifest.json")
    assert not authority.accepts(data / STAMP_NAME, data / "verify.py")
    assert package.stamped_at is not None
    words = printouts.words((data / CUSTODY_NAME).read_bytes())
    assert "CommonName:Made-uptime簽發（manifest.json.tsr）" in words
    assert "Signature is Valid." in printouts.signatures((data / CUSTODY_NAME).read_bytes())
    assert verified(folder=data).returncode == 0


@pytest.mark.req("DR-06")
def test_the_paper_names_the_time_of_each_head_and_who_gave_it(
    request_: Request, authority: TimeAuthority, tmp_path: Path
) -> None:
    anchored(request_.archive.of)
    stamp = stamped(request_.archive.of, authority.url)

    built(request_, tmp_path)

    words = printouts.words((unpacked(opened(request_), tmp_path / "package") / CUSTODY_NAME).read_bytes())
    assert "由CommonName:Made-uptime簽發，時間見六" in words
    assert f"時戳{format_instant(stamp.stamped_at)}".replace(" ", "") in words


@pytest.mark.parametrize(("status", "words"), [(500, "時戳機構拒絕簽發"), (200, "時戳機構的回應不正確，未予採用")])
def test_without_the_authority_the_package_is_made_and_says_so(
    request_: Request, authority: TimeAuthority, tmp_path: Path, status: int, words: str
) -> None:
    authority.answer = lambda handler, _query: respond(handler, b"", status=status)

    assert built(request_, tmp_path, authority=TimestampAuthority(authority.url)) is PackageState.READY

    data = unpacked(opened(request_), tmp_path / "package")
    assert words in printouts.words((data / CUSTODY_NAME).read_bytes())
    assert "沒有該檔者，本封裝沒有時戳" in (data / "說明.txt").read_text(encoding="utf-8")
    assert not (data / STAMP_NAME).exists()
    assert request_.package().stamped_at is None
    assert authority.asked == 1, "an authority that failed is not asked again for the paper"
    assert verified(folder=data).returncode == 0


def test_a_machine_without_the_fonts_writes_the_same_words_as_text(
    request_: Request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typesetting, "DEFAULT", typesetting.Faces(folders=(tmp_path / "none",)))

    built(request_, tmp_path)

    data = unpacked(opened(request_), tmp_path / "package")
    text = (data / CUSTODY_TEXT_NAME).read_text(encoding="utf-8")
    assert "偵查佐 陳志明" in text
    assert request_.package().certificate_fingerprint in text
    assert not (data / CUSTODY_NAME).exists()
    assert verified(folder=data).returncode == 0


@pytest.mark.req("DR-23")
def test_rare_characters_print_and_what_no_font_has_is_its_number(request_: Request, tmp_path: Path) -> None:
    head = db.session.get_one(User, request_.disclosure().decided_by)
    head.name = "𡃁堃喆峯温‧"
    db.session.execute(update(DisclosureWindow).values(camera_name="前門😀"))
    db.session.commit()

    built(request_, tmp_path)

    data = unpacked(opened(request_), tmp_path / "package")
    words = printouts.words((data / CUSTODY_NAME).read_bytes())
    assert "𡃁堃喆峯温‧" in words
    assert "前門〔U+1F600〕" in words


def test_a_build_that_was_killed_and_begun_anew_verifies(request_: Request, tmp_path: Path) -> None:
    built(request_, tmp_path)
    db.session.rollback()
    package = request_.package()
    package.state, first = PackageState.PENDING, package.manifest
    db.session.commit()

    built(request_, tmp_path)

    data = unpacked(opened(request_), tmp_path / "again")
    assert request_.package().manifest == first
    assert verified("--fingerprint", request_.package().certificate_fingerprint, folder=data).returncode == 0
    assert len(db.session.scalars(select(SigningCertificate)).all()) == 1
    assert db.session.scalars(select(Package.chain_hash)).all() == [request_.package().chain_hash]
