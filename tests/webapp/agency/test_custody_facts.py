"""What an officer compares a package with by another way: on the agency's page as on the institution's (DR-07)."""

import hashlib

import pytest

from infra import clock
from infra.db import db
from tenants.disclosures.packages.models import Package
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
