"""The page on which several transfers are entered at once (TY-4-2)."""

from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.people import queries, transfers
from tenants.permissions import SCHOOL_ROLES, Role
from tenants.roc_dates import format_date, short_date
from tests.webapp.desk import Desk

pytestmark = pytest.mark.req("TY-4-2")
DAY = clock.today() + timedelta(days=30)


def typed(desk: Desk, *leaving: str, successor: str = "", on: str = short_date(DAY)) -> dict[str, str]:
    """The whole form as the page sends it, with these people ticked."""
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    lines = [held for held, _ in queries.staff(tenant_id=desk.cast.k1.tenant_id) if Role(held.role) in SCHOOL_ROLES]
    form, ticked = {"on": on}, {desk.cast.ids[login] for login in leaving}
    for number, held in enumerate(lines):
        form[f"leavers-{number}-held"] = str(held.id)
        form[f"leavers-{number}-successor"] = ""
        if held.user_id in ticked:
            form[f"leavers-{number}-leaves"] = "y"
            form[f"leavers-{number}-successor"] = successor
    return form


def test_the_head_enters_it_sees_it_and_takes_it_back(desk: Desk) -> None:
    head, page = desk.browser("k1-head"), f"{desk.school}/people/transfers/"
    successor = str(desk.cast.ids["k1-staff"])
    told = head.post(page, data=typed(desk, "k1-handler", successor=successor), follow_redirects=True)
    assert f"{format_date(DAY)} 00:00 生效" in told.text
    assert "要點第五點第二款" in told.text
    back = head.post(f"{page}{desk.cast.ids['k1-handler']}/handler/withdrawal", follow_redirects=True)
    assert "已撤回這項交接" in back.text
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    assert transfers.scheduled(tenant_id=desk.cast.k1.tenant_id) == []


@pytest.mark.parametrize(
    ("leaving", "on", "sentence"),
    [
        ((), short_date(DAY), "請勾選要離職或調職的人員。"),
        (("k1-guard",), "", "請填寫生效日"),
        (("k1-guard",), short_date(clock.today()), "生效日應在今天之後"),
        (("k1-handler",), short_date(DAY), "承辦人"),
    ],
)
def test_what_cannot_be_scheduled_is_told_and_changes_nothing(
    desk: Desk, leaving: tuple[str, ...], on: str, sentence: str
) -> None:
    answer = desk.browser("k1-head").post(f"{desk.school}/people/transfers/", data=typed(desk, *leaving, on=on))
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert "目前沒有預定的交接。" in answer.text, "the page of a refusal shows nothing that was not kept"
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    assert transfers.scheduled(tenant_id=desk.cast.k1.tenant_id) == []
