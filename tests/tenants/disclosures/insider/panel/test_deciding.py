"""The head after the panel: only what it resolved, narrower with reasons, never wider; and not before it."""

from datetime import timedelta

import pytest

from infra.db import db
from tenants.disclosures.insider import deciding
from tenants.disclosures.insider.models import Box, InsiderRequest
from tenants.disclosures.insider.rules import Refusal
from tenants.errors import Invalid, InvalidTransition
from tests.tenants.disclosures.insider.panel.conftest import Panel


@pytest.mark.req("KH-6-2h", "KH-A1-15")
def test_the_head_signs_nothing_before_the_panel_met(panel: Panel, case: InsiderRequest) -> None:
    case = panel.desk.up_to_the_head(case)
    panel.met(case)
    with pytest.raises(InvalidTransition):
        panel.desk.approve(case)


@pytest.mark.req("KH-6-2h", "KH-A1-15", "KH-6-3a")
def test_the_head_signs_what_the_panel_agreed(panel: Panel, case: InsiderRequest) -> None:
    case = panel.desk.up_to_the_head(case)
    panel.resolve(case, panel.met(case))
    assert panel.desk.approve(case).state == "approved"


@pytest.mark.req("KH-A1-16")
def test_the_offices_head_may_sign_after_the_panel_met(panel: Panel, case: InsiderRequest) -> None:
    panel.resolve(case, panel.met(case))
    panel.desk.sign(case, Box.CCTV_HANDLER)
    panel.desk.sign(case, Box.OFFICE_HEAD)
    assert panel.desk.approve(case).state == "approved"


@pytest.mark.req("KH-6-2h", "KH-6-3a")
def test_the_head_may_be_narrower_than_the_panel_and_never_wider(panel: Panel, case: InsiderRequest) -> None:
    case = panel.desk.up_to_the_head(case)
    panel.narrowed_by_the_panel(case, panel.met(case))
    with pytest.raises(Invalid, match="不能放寬"):
        panel.desk.approve(case, reasons="全部")
    db.session.rollback()
    narrower = panel.grants(case, cut=timedelta(minutes=10))
    decided = panel.desk.approve(case, grants=narrower, reasons="縮小至跌倒前後")
    assert decided.state == "partially_approved"
    (window,) = panel.desk.scene.windows(case)  # type: ignore[arg-type]
    assert window.approved_until == narrower[0].ended_at


@pytest.mark.req("KH-6-2h")
def test_the_head_does_not_grant_what_the_panel_refused(panel: Panel, case: InsiderRequest) -> None:
    case = panel.desk.up_to_the_head(case)
    panel.refused_by_the_panel(case, panel.met(case))
    with pytest.raises(Invalid, match="決議不同意"):
        panel.desk.approve(case)
    db.session.rollback()
    assert _refuse(panel, case).state == "refused"


@pytest.mark.req("KH-6-2h")
def test_the_latest_resolution_counts_and_a_panel_that_meets_again_is_waited_for(
    panel: Panel, case: InsiderRequest
) -> None:
    case = panel.desk.up_to_the_head(case)
    panel.resolve(case, panel.met(case))
    again = panel.met(case)
    with pytest.raises(InvalidTransition, match="再次召集"):
        panel.desk.approve(case)
    db.session.rollback()
    with pytest.raises(InvalidTransition, match="尚未作成決議"):
        _refuse(panel, case)
    db.session.rollback()
    panel.refused_by_the_panel(case, again)
    with pytest.raises(Invalid, match="決議不同意"):
        panel.desk.approve(case)


@pytest.mark.req("DR-27", "KH-6-2h")
def test_a_member_found_involved_afterwards_takes_the_resolution_away(panel: Panel, case: InsiderRequest) -> None:
    case = panel.desk.up_to_the_head(case)
    panel.resolve(case, panel.met(case))
    assert panel.educator.id is not None
    panel.desk.check(case, excluded=(panel.educator.id,))
    with pytest.raises(InvalidTransition, match="利害關係"):
        panel.desk.approve(case)


@pytest.mark.req("KH-6-2h")
def test_after_the_decision_no_panel_meets_any_more(panel: Panel, case: InsiderRequest) -> None:
    case = panel.desk.up_to_the_head(case)
    panel.resolve(case, panel.met(case))
    panel.desk.approve(case)
    with pytest.raises(InvalidTransition):
        panel.convene(case)


def _refuse(panel: Panel, case: InsiderRequest) -> InsiderRequest:
    made = deciding.refuse(
        actor=panel.desk.scene.head,
        tenant_id=panel.tenant_id,
        disclosure_id=case.id,
        refusal=Refusal.OTHER,
        reasons="依專案小組決議，影像與事由無關",
    )
    db.session.commit()
    return made
