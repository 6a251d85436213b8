"""In a browser: the August hand-over. The old one goes on 31 July, the new one is designated from 1 August (S2)."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.leaving import actions as leaving
from tenants.people import queries, transfers
from tenants.people.models import User
from tenants.permissions import Role
from tenants.roc_dates import short_date
from tests.factories import people
from tests.journeys.conftest import WIDTHS, Town
from tests.journeys.every_page import looks_right

HANDLER, SUCCESSOR = "k1的handler", "k1的staff（組長）"
AUGUST = clock.today() + timedelta(days=40)


@pytest.mark.needs("chromium", "axe")
@pytest.mark.req("KH-4-1", "KH-5-2", "TY-4-2", "DR-15", "DR-32")
@pytest.mark.parametrize("width", WIDTHS)
def test_the_duties_go_over_at_midnight_and_everything_is_handed_over(
    town: Town, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for login in ("k1-handler", "k1-staff"):
        people.pin(town.cast.ids[login])
    _register(town.visit("k1-head", width=width), town)
    handler = town.visit("k1-handler", width=width)
    handler.goto(f"{town.school}/")
    expect(handler.get_by_text("您在本機構的角色：監錄系統管理承辦人")).to_be_visible()
    _pass(town, AUGUST, monkeypatch)
    _refused(handler, town)
    _newcomer_signs(town, width)
    _settle(town.visit("k1-head", width=width), town)


def _register(head: Page, town: Town) -> None:
    """The wizard shows what is held; the day and the successor are said."""
    head.goto(f"{town.school}/people/")
    looks_right(head)
    head.get_by_role("link", name="離職與調職：一個人的全部交接").click()
    head.get_by_label("離開的人員").select_option(label=f"{HANDLER}（組長）")
    head.get_by_role("button", name="查看名下事項").click()
    expect(head.get_by_text("事務組的聯絡人")).to_be_visible()
    looks_right(head)
    head.get_by_label("生效日").fill(short_date(AUGUST))
    head.get_by_label("接任「監錄系統管理承辦人」").select_option(label=SUCCESSOR)
    head.get_by_role("button", name="登記", exact=True).click()
    expect(head.get_by_text("尚未生效，權限仍在本人")).to_be_visible()
    looks_right(head)
    head.goto(f"{town.school}/people/designations/")
    expect(head.get_by_text("尚未生效").first).to_be_visible()
    looks_right(head)


def _pass(town: Town, day: date, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first second of the day, at which the sweep did its work; the clock stands there from now on."""
    tenant_id = town.cast.k1.tenant_id
    monkeypatch.setattr(clock, "now", lambda: clock.day_start(day))
    bind(db.session, Binding(tenant_id=tenant_id))
    transfers.carry_out(tenant_id=tenant_id, today=day, actor=system("carry_out_changes"))
    leaving.carry_out(tenant_id=tenant_id, actor=system("carry_out_changes"))
    db.session.commit()
    holders = {user.login for held, user in queries.staff(tenant_id=tenant_id) if held.role == Role.HANDLER}
    assert holders == {"k1-staff"}
    left = db.session.get_one(User, town.cast.ids["k1-handler"])
    assert (left.name, left.deactivated_at is None) == (HANDLER, False)


def _refused(handler: Page, town: Town) -> None:
    """The session is over, and the password opens nothing any more."""
    handler.goto(f"{town.school}/")
    expect(handler.get_by_role("button", name="登入")).to_be_visible()
    handler.get_by_label("帳號").fill("k1-handler")
    handler.get_by_label("密碼").fill(people.PASSWORD)
    handler.get_by_role("button", name="登入").click()
    expect(handler.get_by_role("alert").first).to_be_visible()


def _newcomer_signs(town: Town, width: int) -> None:
    """Who is designated now has the duties, and is asked for secrecy first."""
    new = town.visit("k1-staff", width=width)
    new.goto(f"{town.school}/")
    expect(new.get_by_text("監錄系統管理承辦人").first).to_be_visible()
    new.get_by_role("link", name="請閱讀並簽署保密切結").click()
    looks_right(new)
    new.get_by_label("PIN").fill(people.PIN)
    new.get_by_role("button", name="我已閱讀，簽署").click()
    expect(new.get_by_text("已簽署保密切結。")).to_be_visible()


def _settle(head: Page, town: Town) -> None:
    """Secrecy by the leaver's own PIN on this screen, every thing handed over; the name stays."""
    head.goto(f"{town.school}/people/leaving/")
    looks_right(head)
    head.get_by_role("link", name=HANDLER).click()
    head.get_by_label("本人的 PIN").fill(people.PIN)
    head.get_by_role("button", name="本人簽署").click()
    expect(head.get_by_text("已簽署離職保密切結。")).to_be_visible()
    for box in head.get_by_role("checkbox").all():
        box.check()
    looks_right(head)
    head.get_by_role("button", name="完成交接").click()
    expect(head.get_by_text("交接已完成。")).to_be_visible()
    expect(head.get_by_role("heading", name=f"{HANDLER}的交接")).to_be_visible()
    looks_right(head)
