"""附件1 and 附錄1 of an application: what stands on them, and who may have the whole number."""

from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from tenants.audit import queries as chain
from tenants.disclosures.insider import printing
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.papers import scans
from tenants.errors import Invalid, NotAllowed, NotFound
from tenants.people import identity_keeping
from tenants.people.identity_numbers import Kind
from tenants.registry import queries as registry
from tests import printouts
from tests.factories.requests import scan
from tests.made_identity_numbers import number
from tests.tenants.disclosures.insider.conftest import Desk
from tests.tenants.forms.made import printed

pytestmark = pytest.mark.needs("faces", "pdftotext")


def whole(desk: Desk, case: InsiderRequest) -> str:
    """What is printed for the file, by the process that has the key."""
    found = printing.for_the_file(
        actor=desk.scene.handler, tenant_id=desk.tenant_id, disclosure_id=case.id, reason="歸檔"
    )
    opened = identity_keeping.opened(found.id_sealed, desk.scene.records_secret, row=found.id)
    return printouts.words(printed(printing.whole(found, opened, printed_by="林怡君")))


@pytest.mark.req("TY-A1-03", "TY-A1-05", "TY-A1-06", "TY-A1-07", "TY-A1-13", "TY-A1-14", "TY-A1-15", "TY-A1-16")
def test_a_form_of_ty_has_what_was_asked_and_every_signature_with_its_time(desk: Desk) -> None:
    made = desk.application(ground="personal_rights", incident=None)
    case = desk.approve(desk.up_to_the_head(desk.file(made)))

    said = whole(desk, case)

    assert f"身分證號{made.identity.full}聯絡電話0912-345-678與當事人關係母（兔兔班林可可）調閱單位家長" in said
    for name in ("林小惠", "林怡君", "周主任", "王園長"):
        assert f"{name}電子簽核" in said
    assert "附錄1" in said
    assert f"案號{case.serial}" in said


@pytest.mark.req("KH-A1-04", "DR-22")
def test_a_copy_shows_the_number_masked(preschool: Desk) -> None:
    made = preschool.application()
    case = preschool.file(made)

    said = printouts.words(printed(printing.masked(case, printed_by="林怡君")))

    assert f"身份證號{made.identity.masked}聯絡電話" in said
    assert made.identity.full not in said


@pytest.mark.req("KH-A1-04", "DR-22")
def test_a_passport_prints_with_who_issued_it(preschool: Desk) -> None:
    passport = number(Kind.PASSPORT)
    said = whole(preschool, preschool.file(preschool.application(identity=passport)))

    assert f"身份證號{passport.full}（護照，{passport.country}）" in said


@pytest.mark.req("KH-A1-12", "KH-A1-13")
def test_a_box_that_nobody_signed_yet_stays_empty(preschool: Desk) -> None:
    said = whole(preschool, preschool.file())

    assert said.count("電子簽核") == 1
    assert "林小惠電子簽核" in said


@pytest.mark.req("DR-20", "KH-A1-03", "KH-A1-12", "KH-6-2d")
def test_a_form_that_was_on_paper_bears_its_number_and_leaves_the_applicants_box_to_the_ink(preschool: Desk) -> None:
    day = clock.today() - timedelta(days=1)
    made = preschool.application(paper_number="紙115-7", applied_on=day)
    case = preschool.file(made, actor=preschool.scene.handler)
    tenant_id = preschool.tenant_id
    assert scans.of_application(tenant_id=tenant_id, disclosure_id=case.id) == [], "待補掃描"

    said = whole(preschool, case)
    assert said.startswith("補登紙本編號：紙115-7")
    assert "電子簽核" not in said
    scans.scan_application(
        actor=preschool.scene.head,
        tenant_id=tenant_id,
        disclosure_id=case.id,
        scan=scan(),
        store=preschool.scene.store,
    )
    db.session.commit()
    assert len(scans.of_application(tenant_id=tenant_id, disclosure_id=case.id)) == 1


@pytest.mark.req("KH-6-2d")
def test_a_form_that_was_filled_in_on_line_has_no_scan(preschool: Desk) -> None:
    case = preschool.file()
    with pytest.raises(NotFound):
        scans.scan_application(
            actor=preschool.scene.head,
            tenant_id=preschool.tenant_id,
            disclosure_id=case.id,
            scan=scan(),
            store=preschool.scene.store,
        )


@pytest.mark.req("DR-22", "DR-27", "DR-37")
def test_the_print_for_the_file_is_recorded_and_refused_to_who_may_not_or_is_concerned(preschool: Desk) -> None:
    case = preschool.file(preschool.application(ground="gender_incident"))
    given = {"tenant_id": preschool.tenant_id, "disclosure_id": case.id}
    with pytest.raises(NotAllowed):
        printing.for_the_file(actor=preschool.office_head, reason="歸檔", **given)
    with pytest.raises(Invalid, match="密封案件"):
        printing.for_the_file(actor=preschool.scene.head, **given)
    printing.for_the_file(actor=preschool.scene.head, reason="歸檔", **given)
    db.session.commit()
    (event,) = [each for each in chain.latest(tenant_id=preschool.tenant_id) if each.event == "application:printed"]
    assert (event.fields, event.actor_name) == ({"serial": case.serial, "reason": "歸檔"}, "王園長")
    handler = preschool.scene.handler
    assert handler.id is not None
    preschool.check(case, excluded=(handler.id,), actor=preschool.office_head)
    with pytest.raises(NotFound):
        printing.for_the_file(actor=handler, reason="歸檔", **given)


@pytest.mark.req("DR-20", "DR-21")
def test_an_empty_form_can_be_printed_at_any_time(preschool: Desk) -> None:
    tenant = registry.tenant(tenant_id=preschool.tenant_id)
    sheet = printing.blank(tenant=tenant, profile_code="KH_PRESCHOOL", on=clock.today(), printed_by="警衛")

    said = printouts.words(printed(sheet))
    assert said.startswith("監視錄影系統監錄資料調閱申請單申請人申請日期民國年月日身份證號聯絡電話")
    assert "案號" not in said
