"""通知: what is due, what was told to whom, and who cannot be reached."""

import pytest

from infra.db import db
from infra.tenancy import Binding, bind
from tenants.notices.models import MailState
from tenants.people.models import User
from tests.factories import notices, rights
from tests.webapp.desk import Desk


def page(desk: Desk) -> str:
    return desk.browser("k1-head").get(f"{desk.school}/notices/").text


def reachable() -> None:
    """Give each of K1's people an address."""
    for user in db.session.scalars(db.select(User).where(User.login.like("k1-%"))):
        user.email = f"{user.login}@school.test"
    db.session.commit()


@pytest.mark.req("DR-31")
def test_the_head_reads_what_is_due_whom_it_is_told_and_who_hears_of_it_next(desk: Desk) -> None:
    of = desk.cast.k1
    bind(db.session, Binding(tenant_id=of.tenant_id))
    rights.request(of, entered_by=desk.cast.ids["k1-handler"])
    found = page(desk)
    assert "個人資料權利請求的期限" in found
    assert "逾期 3 個工作日：教育局" in found
    assert "個人資料保護法第十三條" in found


@pytest.mark.req("DR-31")
def test_whom_no_notice_reaches_is_the_first_thing_to_do(desk: Desk) -> None:
    assert "沒有登記電子郵件" in page(desk)
    reachable()
    assert "所有負有職務的人員都收得到通知。" in page(desk)

    handler = desk.cast.ids["k1-handler"]
    notices.mail(desk.cast.k1, user_id=handler, state=MailState.REFUSED, what="at_once")
    assert "k1的handler：通知信遭對方郵件主機拒收" in page(desk)
    notices.mail(desk.cast.k1, user_id=handler)
    assert "所有負有職務的人員都收得到通知。" in page(desk), "the next one came through"


@pytest.mark.req("DR-31")
def test_each_mail_is_listed_with_whom_as_what_why_and_what_became_of_it(desk: Desk) -> None:
    notices.mail(desk.cast.k1, user_id=desk.cast.ids["k1-head"])
    found = page(desk)
    for words in ("k1的head", "校（園）長／負責人", "每日提醒", "定期檢查：1 處", "已寄出"):
        assert words in found


@pytest.mark.req("DR-31")
def test_it_is_the_heads_page_and_in_the_menu(desk: Desk) -> None:
    assert "/notices/" in desk.browser("k1-head").get(f"{desk.school}/").text
    handler = desk.browser("k1-handler")
    assert "/notices/" not in handler.get(f"{desk.school}/").text
    assert handler.get(f"{desk.school}/notices/").status_code == 403
