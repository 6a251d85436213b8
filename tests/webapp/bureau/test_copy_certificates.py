"""An auditor reads the certificates of copies for reference of every institution: no picture, nobody named."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.roc_dates import short_date
from tests.factories import disclosures, people, retained
from tests.factories.registry import institution
from tests.webapp.conftest import WebClient

LIST = "/bureau/certificates"
REASON = "家長林小惠撤回申訴"


@pytest.fixture
def gone(domain: Flask) -> tuple[UUID, UUID]:
    """A copy of K1's that was destroyed: the institution's id and its own."""
    assert domain
    people.auditor()
    k1, agency_id = institution("K1"), people.agency()
    bind(db.session, Binding(tenant_id=k1.tenant_id, agency_id=agency_id))
    made = disclosures.case(k1, agency_id=agency_id, filed_by=people.person())
    return k1.tenant_id, retained.ended(k1, package_id=made.package_id, reason=REASON)


@pytest.mark.req("KH-6-4b", "DR-09", "DR-05")
def test_an_auditor_finds_the_certificate_of_a_copy_and_reads_nobodys_words(
    web_client: WebClient, gone: tuple[UUID, UUID]
) -> None:
    tenant_id, copy_id = gone
    auditor = web_client.sign_in("auditor")
    address = f"{LIST}/copies/{tenant_id}/{copy_id}"
    assert address in auditor.get(LIST).text
    before = short_date(clock.today() - timedelta(days=9))
    assert address not in auditor.get(f"{LIST}?last={before}").text
    page = auditor.get(address)
    assert page.status_code == 200
    assert "要點第六點第一項第四款" in page.text
    assert REASON not in page.text
    assert auditor.get(f"{address}/proof").status_code == 404, "not anchored yet"
    assert auditor.get(f"{LIST}/copies/{copy_id}/{copy_id}").status_code == 404


@pytest.mark.req("DR-09")
def test_who_is_no_auditor_reads_none(web_client: WebClient, gone: tuple[UUID, UUID]) -> None:
    people.bureau_officer()
    officer = web_client.sign_in("bureau")
    assert officer.get(f"{LIST}/copies/{gone[0]}/{gone[1]}").status_code == 403
