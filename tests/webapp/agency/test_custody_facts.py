"""What an officer compares a package with by another way: on the agency's page as on the institution's (DR-07)."""

import hashlib

import pytest

from infra import clock
from infra.db import db
from tenants.disclosures.packages.models import Package
from tests.tenants.disclosures.test_retained_rules import PART
from tests.webapp.desk import Desk

pytestmark = pytest.mark.req("DR-07", "KH-6-1d")
MANIFEST = '{"format": "shouyuan-package/1"}'
FINGERPRINT = hashlib.sha256(MANIFEST.encode()).hexdigest()
CERTIFICATE, NEWEST = "c" * 64, "d" * 64


def collected(desk: Desk) -> Package:
    """A case whose copy was built and signed for."""
    disclosure_id = desk.offered()
    case = desk.case(disclosure_id)
    package = db.session.scalars(db.select(Package).where(Package.disclosure_id == disclosure_id)).one()
    package.manifest, package.certificate_fingerprint = MANIFEST, CERTIFICATE
    package.chain_seq, package.chain_hash = 4711, NEWEST
    package.collected_at, package.collected_by = clock.now(), case.filed_by
    case.state = "exported"
    db.session.commit()
    return package


def test_both_sides_see_the_same_facts(desk: Desk) -> None:
    package = collected(desk)
    pages = [
        desk.browser("officer").get(f"{desk.requests()}/{package.disclosure_id}").text,
        desk.browser("k1-head").get(f"{desk.school}/cases/{package.disclosure_id}").text,
    ]

    for page in pages:
        for fact in (FINGERPRINT, CERTIFICATE, "第 4711 筆", NEWEST, "沒有時戳；原因載於封裝內的監錄資料保管鏈紀錄"):
            assert fact in page, fact


@pytest.mark.parametrize(
    ("signing", "words"),
    [
        (
            [{"framework": "onvif_media_signing", "units": 12}],
            "影像含攝影機自身的簽章（ONVIF Media Signing，簽章單元 12 個）；未檢核，須以攝影機廠商的工具與憑證檢核",
        ),
        ([], "影像中沒有攝影機自身的簽章"),
        (None, ""),
    ],
)
def test_both_sides_see_what_the_camera_signed_and_that_nobody_here_checked_it(
    desk: Desk, signing: object, words: str
) -> None:
    package = collected(desk)
    desk.cases()
    package.parts = [PART.to_json() | {"signing": signing}]
    db.session.commit()
    pages = [
        desk.browser("officer").get(f"{desk.requests()}/{package.disclosure_id}").text,
        desk.browser("k1-head").get(f"{desk.school}/cases/{package.disclosure_id}").text,
    ]

    for page in pages:
        assert "前門：錄影主機的時鐘與平台時間相比：相符" in page
        assert (f"{PART.file}：{words}" in page, "攝影機自身的簽章" in page) == (bool(words), bool(words))


def test_a_timestamp_is_told_with_its_time(desk: Desk) -> None:
    package = collected(desk)
    desk.cases()
    package.stamped_at = clock.now()
    db.session.commit()

    page = desk.browser("officer").get(f"{desk.requests()}/{package.disclosure_id}").text

    assert "由時戳機構簽發" in page
    assert "沒有時戳" not in page


def test_a_copy_of_before_has_its_list_only(desk: Desk) -> None:
    package = collected(desk)
    desk.cases()
    package.certificate_fingerprint, package.chain_seq, package.chain_hash = "", None, ""
    db.session.commit()

    page = desk.browser("officer").get(f"{desk.requests()}/{package.disclosure_id}").text

    assert FINGERPRINT in page
    assert "機構憑證指紋" not in page
