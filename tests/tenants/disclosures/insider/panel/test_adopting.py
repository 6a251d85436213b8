"""A school whose regulation knows no panel has one from the day its own rule says, and none before."""

from datetime import date, timedelta

import pytest

from infra import clock
from infra.db import db
from tenants.disclosures.insider.panel import adopting
from tenants.disclosures.insider.panel.models import PanelAdoption
from tenants.disclosures.lifecycle import Course, course_of
from tenants.errors import Invalid, NotAllowed
from tenants.profiles import RuleProfile
from tenants.registry.period_rules import Adoption
from tenants.registry.regulations import profile
from tests.tenants.disclosures.insider.conftest import Desk

pytestmark = pytest.mark.req("TY-X-1", "KH-2-1")

PASSED = Adoption(meeting="115學年度第1次校務會議", held_on=clock.today() - timedelta(days=7), minutes="校務115-01")


def _adopt(desk: Desk, *, on: date, required: bool = True, adoption: Adoption = PASSED) -> PanelAdoption:
    desk.scene.at_school()
    made = adopting.adopt_panel(
        actor=desk.scene.head,
        tenant_id=desk.tenant_id,
        site_id=desk.scene.school.site_id,
        effective_from=on,
        required=required,
        adoption=adoption,
    )
    db.session.commit()
    return made


def _decides(desk: Desk, on: date) -> bool:
    rule: RuleProfile = profile("TY_ELEMENTARY", on)
    return adopting.decides(tenant_id=desk.tenant_id, site_id=desk.scene.school.site_id, rule=rule, day=on)


def test_an_adopted_panel_decides_from_its_day_on_and_what_was_filed_before_goes_on(desk: Desk) -> None:
    today = clock.today()
    before = desk.file(desk.application(ground="personal_rights", incident=None))
    assert course_of(before) is Course.SIGNATURES
    _adopt(desk, on=today + timedelta(days=1))
    assert not _decides(desk, today)
    assert _decides(desk, today + timedelta(days=1))
    assert course_of(before) is Course.SIGNATURES


def test_what_is_filed_under_it_waits_for_the_panel(desk: Desk) -> None:
    _adopt(desk, on=clock.today())
    case = desk.file(desk.application(ground="personal_rights", incident=None))
    assert course_of(case) is Course.PANEL


def test_the_school_may_give_its_panel_up_again(desk: Desk) -> None:
    _adopt(desk, on=clock.today())
    _adopt(desk, on=clock.today() + timedelta(days=30), required=False)
    assert _decides(desk, clock.today() + timedelta(days=29))
    assert not _decides(desk, clock.today() + timedelta(days=30))


def test_it_rests_on_the_schools_own_rule_and_on_no_article_of_another_regulation(desk: Desk) -> None:
    elementary, preschool = profile("TY_ELEMENTARY", clock.today()), profile("KH_PRESCHOOL", clock.today())
    assert adopting.article(elementary) == "校內規定"
    assert "第六點" in adopting.article(preschool)
    assert desk.tenant_id


def test_the_past_is_not_changed_nor_anything_without_its_meeting(desk: Desk) -> None:
    with pytest.raises(Invalid, match="早於今天"):
        _adopt(desk, on=clock.today() - timedelta(days=1))
    db.session.rollback()
    for lacking in (Adoption(), Adoption(meeting="校務會議", held_on=PASSED.held_on)):
        with pytest.raises(Invalid, match="會議"):
            _adopt(desk, on=clock.today(), adoption=lacking)
        db.session.rollback()
    _adopt(desk, on=clock.today())


def test_what_has_begun_is_replaced_from_a_later_day_and_the_refusal_says_so(desk: Desk) -> None:
    _adopt(desk, on=clock.today())
    with pytest.raises(Invalid, match="請把生效日訂在明天以後，新登記的規定自該日起取代"):
        _adopt(desk, on=clock.today(), required=False)
    db.session.rollback()
    _adopt(desk, on=clock.today() + timedelta(days=1), required=False)
    assert (_decides(desk, clock.today()), _decides(desk, clock.today() + timedelta(days=1))) == (True, False)


def test_what_has_not_begun_is_replaced_on_its_own_day_and_stays_to_be_read(desk: Desk) -> None:
    ahead = clock.today() + timedelta(days=9)
    mistaken = _adopt(desk, on=ahead, required=False).id
    right = _adopt(desk, on=ahead).id
    assert _decides(desk, ahead)
    assert [each.id for each in adopting.history(tenant_id=desk.tenant_id)] == [right, mistaken]


@pytest.mark.req("KH-6-2h")
def test_a_preschool_neither_needs_to_adopt_its_panel_nor_can_give_it_up(preschool: Desk) -> None:
    with pytest.raises(Invalid, match="已規定應組成專案小組"):
        _adopt(preschool, on=clock.today(), required=False)


def test_only_the_head_records_what_the_school_passed(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        adopting.adopt_panel(
            actor=desk.scene.handler,
            tenant_id=desk.tenant_id,
            site_id=desk.scene.school.site_id,
            effective_from=clock.today(),
            required=True,
            adoption=PASSED,
        )
