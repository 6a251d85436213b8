"""One institution with two sites under two regulations, and one that has nothing yet (DR-11)."""

import re
from uuid import UUID, uuid4

import pytest

from infra.db import db
from infra.tenancy import Binding, bind
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.register.models import RegisterEntry
from tenants.permissions import Role
from tenants.roc_dates import this_year
from tests import printouts
from tests.factories import disclosures, people
from tests.factories.registry import attached_preschool, institution
from tests.webapp.desk import Desk, letter


@pytest.mark.req("DR-11", "TY-X-1")
def test_each_camera_is_cited_under_its_own_sites_regulation(desk: Desk) -> None:
    attached_preschool(desk.cast.e1, camera="彩虹班活動室")

    page = desk.browser("e1-head").get(f"/schools/{desk.cast.e1.tenant_id}/").text

    gate, room = (next(line for line in page.split("<li") if name in line) for name in ("E-GATE", "彩虹班活動室"))
    assert "計畫陸、一" in gate
    assert "要點" not in gate
    assert "要點第八點第一款" in room


@pytest.mark.req("DR-11", "TY-5-2b")
def test_an_officer_asks_one_site_under_its_own_regulation(desk: Desk) -> None:
    site_id, camera_id = attached_preschool(desk.cast.e1, camera="彩虹班活動室")
    officer, address = desk.browser("officer"), f"{desk.requests(desk.cast.e1.tenant_id)}/new"

    school, preschool = officer.get(address).text, officer.get(f"{address}?site={site_id}").text

    assert "E-GATE" in school
    assert "彩虹班活動室" not in school
    assert 'name="copy_necessity"' in school
    assert "彩虹班活動室" in preschool
    assert 'name="copy_necessity"' not in preschool
    assert officer.get(f"{address}?site={uuid4()}").status_code == 404
    refused = officer.post(address, data=letter(camera_id))
    assert "鏡頭不屬於這個機構" in refused.text


def test_an_institution_without_cameras_has_pages_that_say_so(desk: Desk) -> None:
    empty = institution("K9", name="新設幼兒園", cameras=())
    people.membership(desk.cast.ids["k1-staff"], Role.HEAD, tenant_id=empty.tenant_id)
    head = desk.browser("k1-staff")

    for path in ("/", "/cameras/", "/cases/", "/register", "/retention", "/audit/", "/people/", "/devices/"):
        assert head.get(f"/schools/{empty.tenant_id}{path}").status_code == 200, path
    assert "尚未建立鏡頭" in head.get(f"/schools/{empty.tenant_id}/cameras/").text
    assert "尚未建立鏡頭" in desk.browser("officer").get(f"{desk.requests(empty.tenant_id)}/new").text
    form = head.get(f"/schools/{empty.tenant_id}/devices/").text.split('name="nonce"')[1].split(">")[0]
    typed = {"site": str(empty.site_id), "nonce": form.split('value="')[1].split('"')[0]}
    assert head.post(f"/schools/{empty.tenant_id}/devices/tokens", data=typed).status_code == 200


@pytest.mark.req("TY-5-2b")
def test_the_head_is_warned_of_a_copy_whose_necessity_no_letter_states(desk: Desk) -> None:
    tenant_id, officer, head = desk.cast.e1.tenant_id, desk.browser("officer"), desk.browser("e1-head")
    typed = letter(desk.cast.e1.cameras["E-GATE"], copy_necessity="移送檢察官")
    disclosure_id = officer.post(f"{desk.requests(tenant_id)}/new", data=typed).location.rsplit("/", 1)[-1]
    address = f"/schools/{tenant_id}/cases/{disclosure_id}"
    assert "來文未敘明" not in head.get(address).text

    bind(db.session, Binding(tenant_id=tenant_id))
    db.session.get_one(
        OfficialRequest, UUID(disclosure_id)
    ).copy_necessity = ""  # as a letter filed before this was asked
    db.session.commit()

    page = head.get(address).text
    assert re.search(r"<dt>複製必要性</dt><dd>.*來文未敘明", page)
    assert "來文未敘明複製必要性，不能同意複製" in page


YEAR = 114  # a volume in which nothing else stands


def carried_out(desk: Desk, number: int, *, camera: str, site_id: UUID, profile: str) -> None:
    """A line of a past volume, of a case of one of the two places."""
    bind(db.session, Binding(tenant_id=desk.cast.e1.tenant_id, agency_id=desk.cast.agency_id))
    officer, agency_id = desk.cast.ids["officer"], desk.cast.agency_id
    made = disclosures.case(desk.cast.e1, agency_id=agency_id, filed_by=officer, camera=camera)
    case = db.session.get_one(OfficialRequest, made.disclosure_id)
    case.site_id, case.profile = site_id, profile
    entry = db.session.get_one(RegisterEntry, made.register_entry_id)
    line = {column.key: getattr(entry, column.key) for column in RegisterEntry.__table__.columns}
    line |= {"id": uuid4(), "roc_year": YEAR, "number": number, "summary": f"{profile}的案件"}
    db.session.add(RegisterEntry(**line))
    db.session.commit()


@pytest.mark.needs("faces", "pdftotext")
@pytest.mark.req("DR-11", "TY-5-4b", "KH-A2-01", "KH-A2-09", "KH-A2-12")
def test_the_register_prints_each_line_on_the_form_of_its_own_site(desk: Desk) -> None:
    site_id, _camera = attached_preschool(desk.cast.e1, name="向陽國小附設幼兒園")
    carried_out(desk, 1, camera="E-GATE", site_id=desk.cast.e1.site_id, profile="TY_ELEMENTARY")
    carried_out(desk, 2, camera="E-GATE", site_id=site_id, profile="KH_PRESCHOOL")
    head, register = desk.browser("e1-head"), f"/schools/{desk.cast.e1.tenant_id}/register"
    page = head.get(f"{register}?year={YEAR}").text
    assert "列印向陽國小附設幼兒園的登記簿" in page

    def said(form: str) -> str:
        return printouts.words(head.get(f"{register}/register.pdf?year={YEAR}&form={form}").data)

    school, preschool = said("TY_ELEMENTARY"), said("KH_PRESCHOOL")
    assert ("本系統預設格式" in school, "附件2" in school) == (True, False)
    assert ("本系統預設格式" in preschool, "附件2" in preschool) == (False, True)
    assert "TY_ELEMENTARY的案件" in school
    assert "本號載於向陽國小附設幼兒園的登記簿" in school
    assert "KH_PRESCHOOL的案件" not in school
    assert "KH_PRESCHOOL的案件" in preschool
    assert "TY_ELEMENTARY的案件" not in preschool
    unknown = said("NONE")
    assert ("TY_ELEMENTARY的案件" in unknown, "KH_PRESCHOOL的案件" in unknown) == (True, False), "the first site's form"


def test_one_regulation_has_one_button(desk: Desk) -> None:
    page = desk.browser("k1-head").get(f"{desk.school}/register").text
    assert f"列印民國 {this_year()} 年登記簿" in page
    assert 'name="form"' not in page
