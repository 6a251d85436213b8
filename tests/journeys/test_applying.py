"""A mother asks by telephone or from a desk, at once after a fall (A1) and five weeks too late (A2)."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind
from tenants.disclosures.insider import deciding
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.rules import Refusal
from tenants.permissions import Role
from tenants.retention.models import Destruction
from tenants.roc_dates import format_span, format_time, short_date, this_year
from tests.factories import footage, retention
from tests.factories.insiders import REASON
from tests.journeys.conftest import WIDTHS, Town
from tests.journeys.every_page import faults_on
from tests.made_identity_numbers import made
from tests.webapp.conftest import WebClient
from tests.webapp.visitor import Visitor
from webapp.public.applying.draft import STEPS

PARENT = "parent@example.org"
_MARGIN = timedelta(minutes=10)
_PHONE = WIDTHS[1]
FIRST = f"調閱-{this_year()}-0001"


@pytest.mark.needs("chromium")
@pytest.mark.req("KH-6-2d", "KH-6-2g", "KH-A1-17", "DR-01", "DR-21", "DR-32")
@pytest.mark.parametrize("width", WIDTHS)
def test_a_mother_sees_at_once_that_the_footage_is_preserved(town: Town, width: int) -> None:
    page = at_the_gate(town, width)
    prove(town, page)
    say_who(page)
    say_what(page, town.recorded_from, town.recorded_from + timedelta(minutes=1))
    page.get_by_label("C-GATE").check()
    page.get_by_role("button", name="下一步：核對").click()
    expect(page.get_by_text("不得另行複製傳閱散佈播放")).to_be_visible()
    send(page)

    expect(page.get_by_text(FIRST)).to_be_visible()
    kept = format_span(town.recorded_from - _MARGIN, town.recorded_from + timedelta(minutes=1) + _MARGIN)
    expect(page.get_by_text(f"已先行保全 {kept} 影像，不會因保存期限屆滿而刪除")).to_be_visible()
    page.get_by_role("link", name="查看進度").click()
    expect(page.get_by_text("專案小組審查")).to_be_visible()

    page.get_by_text("撤回申請").click()
    page.get_by_role("button", name="確定撤回").click()
    expect(page.get_by_text("已撤回申請。")).to_be_visible()
    page.get_by_role("button", name="結束並清除").click()
    page.goto(f"{town.origin}/apply/K1/follow")
    expect(page.get_by_role("heading", name="確認您的電子郵件")).to_be_visible()


@pytest.mark.needs("chromium")
@pytest.mark.req("KH-6-3b")
@pytest.mark.parametrize("width", WIDTHS)
def test_who_asks_too_late_knows_it_before_sending_and_gets_the_certificates_number(town: Town, width: int) -> None:
    late = clock.now().replace(hour=2, minute=5, second=0, microsecond=0) - timedelta(days=35)
    number = destroyed(town, late)
    page = at_the_gate(town, width)
    prove(town, page)
    say_who(page)
    say_what(page, late, late + timedelta(minutes=15))
    expect(page.get_by_text("可查最早日期")).to_be_visible()
    page.get_by_label("C-GATE").check()
    page.get_by_role("button", name="下一步：核對").click()
    expect(page.get_by_text("已超過保存期限，依規定銷毀了")).to_be_visible()
    page.get_by_label("我已了解上述事項").check()
    send(page)
    expect(page.get_by_text(FIRST)).to_be_visible()
    expect(page.get_by_text("已先行保全")).to_have_count(0)

    refuse(town)
    page.get_by_role("link", name="查看進度").click()

    expect(page.get_by_text("影像已逾保存期限，且已刪除")).to_be_visible()
    expect(page.get_by_text(f"銷毀證明編號：{number}")).to_be_visible()
    expect(page.get_by_text("向警察機關報案")).to_be_visible()


@pytest.mark.needs("chromium", "axe")
@pytest.mark.req("DR-32")
def test_no_page_behind_the_code_has_a_serious_fault(town: Town) -> None:
    town.web.test_client_class = WebClient
    client = town.web.test_client()
    assert isinstance(client, WebClient)
    mother = Visitor(client, town.cast)
    assert mother.fill_in().status_code == 303
    # axe comes from outside the page, which its own policy would not let in.
    page = town.browser.new_context(locale="zh-TW", bypass_csp=True).new_page()
    seen = dict(looked_at(town, page, mother, [f"/form/{step}" for step in STEPS]))
    case = mother.send().location.removeprefix(mother.door).removesuffix("/receipt")
    seen |= looked_at(town, page, mother, ["/follow", case, f"{case}/receipt"])

    assert {path: faults for path, faults in seen.items() if faults} == {}
    assert len(seen) == len(STEPS) + 3


def looked_at(town: Town, page: Page, visitor: Visitor, paths: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Each page as this visitor's browser shows it, and what is wrong with it."""
    cookie = visitor.browser.get_cookie("shouyuan")
    assert cookie is not None
    page.context.add_cookies([{"name": "shouyuan", "value": cookie.value, "url": town.origin}])
    for path in paths:
        page.goto(town.origin + visitor.door + path)
        assert page.url.endswith(path), "one is sent elsewhere"
        yield path, faults_on(page)


def at_the_gate(town: Town, width: int) -> Page:
    """A telephone without scripts, which has read the sign; or a desk with them."""
    context = town.browser.new_context(
        viewport={"width": width, "height": 844}, locale="zh-TW", java_script_enabled=width != _PHONE
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto(f"{town.origin}/apply/K1/")
    page.get_by_role("link", name="開始申請").click()
    return page


def prove(town: Town, page: Page) -> None:
    """The code is read in the mailbox."""
    page.get_by_label("電子郵件").fill(PARENT)
    page.get_by_role("button", name="寄驗證碼給我").click()
    town.work()
    code = next(found[1] for text in letters(town) if (found := re.search(r"驗證碼：(\d{6})", text)))
    page.get_by_label("驗證碼").fill(code)
    page.get_by_role("button", name="繼續").click()


def say_who(page: Page) -> None:
    """First without the child, as one overlooks it."""
    page.get_by_label(re.compile("^監護人")).check()
    page.get_by_label("您的姓名").fill("林小惠")
    page.get_by_label("聯絡電話").fill("0912-345-678")
    page.get_by_label("您與當事人的關係").select_option("母")
    page.get_by_role("button", name="下一步：發生什麼事").click()
    expect(page.get_by_role("alert")).to_contain_text("請填寫孩子的姓名")
    expect(page.get_by_label("您的姓名")).to_have_value("林小惠")
    page.get_by_label("孩子的姓名").fill("林可可")
    page.get_by_label("孩子的班級").fill("兔兔班")
    page.get_by_role("button", name="下一步：發生什麼事").click()


def say_what(page: Page, start: datetime, end: datetime) -> None:
    """The year is typed as the telephone shows it, and mended."""
    page.get_by_label(re.compile("^意外事故")).check()
    page.get_by_label("發生了什麼事").fill(REASON)
    page.get_by_label("發生日期").fill(clock.civil_day(start).strftime("%Y/%m/%d"))
    page.get_by_label("開始時間").fill(format_time(start))
    page.get_by_label("結束日期").fill(short_date(clock.civil_day(end)))
    page.get_by_label("結束時間").fill(format_time(end))
    page.get_by_role("button", name="下一步：地點與時間").click()
    expect(page.get_by_role("alert")).to_contain_text("請輸入民國年")
    page.get_by_label("發生日期").fill(short_date(clock.civil_day(start)))
    page.get_by_role("button", name="下一步：地點與時間").click()
    expect(page.get_by_label("起時")).to_have_value(format_time(start))
    page.get_by_role("button", name="再加一個時段").click()
    second = page.get_by_role("group", name="時段 2")
    expect(second).to_be_visible()
    second.get_by_role("button", name="移除這個時段").click()
    expect(second).to_have_count(0)


def send(page: Page) -> None:
    """Note 1 is accepted, the number typed, and it is sent."""
    page.get_by_label("我已閱讀，並同意遵守").check()
    page.get_by_role("button", name="同意，下一步：證號").click()
    page.get_by_label("證號", exact=True).fill(made())
    page.get_by_role("button", name="送出申請，立刻保全影像").click()


def letters(town: Town) -> list[str]:
    """What the worker sent by mail, newest first."""
    folder = Path(town.environment["SHOUYUAN_MAIL_URL"].removeprefix("file:"))
    found = []
    for path in sorted(folder.glob("*.eml"), reverse=True):
        body = message_from_bytes(path.read_bytes(), policy=policy.default).get_body()  # type: ignore[attr-defined]
        found.append(body.get_content())
    return found


def destroyed(town: Town, late: datetime) -> str:
    """A day of the gate that is over and gone; the number of its certificate."""
    bind(db.session, Binding(tenant_id=town.cast.k1.tenant_id))
    key = footage.day_key(town.cast.k1, day=late)
    key.destroyed_at, key.wrapped_secret = clock.now(), None
    footage.filmed_day(town.cast.k1, day=late)
    made_id = retention.destruction(town.cast.k1, day=clock.civil_day(late))
    return db.session.get_one(Destruction, made_id).certificate_no or ""


def refuse(town: Town) -> None:
    """The head answers, by the reason that the system proves."""
    bind(db.session, Binding(tenant_id=town.cast.k1.tenant_id))
    db.session.rollback()
    case = db.session.scalars(db.select(InsiderRequest)).one()
    head = Actor(kind=ActorKind.PERSON, id=town.cast.ids["k1-head"], name="園長", roles=frozenset({Role.HEAD}))
    deciding.refuse(
        actor=head,
        tenant_id=case.tenant_id,
        disclosure_id=case.id,
        refusal=Refusal.PAST_RETENTION_AND_DELETED,
        reasons="該日影像已依規定銷毀，附銷毀證明編號。",
    )
    db.session.commit()
