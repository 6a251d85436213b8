"""The console of a viewing session: what it asks for before the first picture, and what it answers its own page."""

import re
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from tenants.actor import system
from tenants.disclosures.register.models import RegisterEntry
from tenants.disclosures.viewing.ending import settle
from tenants.disclosures.viewing.footage import STRETCH
from tenants.disclosures.viewing.models import ViewingOpening, ViewingSession
from tenants.misuse.models import MisuseCase
from tenants.people.models import User
from tenants.roc_dates import short_date
from tests.factories import footage, people, retention
from tests.webapp.conftest import WebClient
from tests.webapp.desk import START, Desk


@dataclass
class Console:
    """A granted case of K1, and the handler's browser."""

    desk: Desk
    disclosure_id: UUID
    browser: WebClient

    @property
    def start(self) -> str:
        return f"{self.desk.school}/disclosures/{self.disclosure_id}/viewings/new"

    @property
    def companion(self) -> UUID:
        return self.desk.cast.ids["k1-staff"]

    def typed(self, **changes: str) -> dict[str, str]:
        said = {
            "name": "陳志明",
            "unit": "守園市政府警察局向陽分局",
            "title": "偵查佐",
            "identity_by": "officer_id",
            "acknowledged": "y",
            "companion": str(self.companion),
            "pin": people.PIN,
        }
        return {name: value for name, value in (said | changes).items() if value}

    def begin(self) -> str:
        answer = self.browser.post(self.start, data=self.typed())
        assert answer.status_code == 303, answer.text
        return str(answer.location)

    def sessions(self) -> list[ViewingSession]:
        self.desk.cases()
        return list(db.session.scalars(db.select(ViewingSession)))

    def open(self) -> None:
        """As the media process does."""
        (found,) = self.sessions()
        window = self.desk.windows(self.disclosure_id)[0]
        made = ViewingOpening(
            tenant_id=found.tenant_id, viewing_id=found.id, window_id=window.id, take=1, opened_at=found.began_at, seq=1
        )
        db.session.add(made)
        db.session.commit()


@pytest.fixture
def console(desk: Desk) -> Console:
    disclosure_id = desk.filed()
    assert desk.decide(disclosure_id, copy="", reasons="僅到場調閱").status_code == 303
    held = desk.case(disclosure_id).held_as
    minute = footage.segment(desk.cast.k1, device_id=footage.device(desk.cast.k1), started_at=START)
    retention.preserved(desk.cast.k1, hold_id=held, segment=minute)
    people.pin(desk.cast.ids["k1-staff"])
    return Console(desk, disclosure_id, desk.browser("k1-handler"))


@pytest.mark.req("KH-7-1", "KH-6-2i", "KH-7-3", "TY-5-4a")
def test_the_start_screen_warns_cites_and_knows_who_comes(console: Console) -> None:
    page = console.browser.get(console.start).text
    assert "不得翻攝及複製" in page
    assert "全程在場、不得翻攝、有異狀按停止" in page
    assert "要點第七點" in page
    assert "守園市政府警察局向陽分局" in page
    assert "尚未設定 PIN" in page
    assert "操作的承辦人可以兼任陪同" in page
    handler = console.desk.cast.ids["k1-handler"]
    assert f'<option selected value="{handler}">' in page, "whom the head named to accompany"


@pytest.mark.req("KH-7-3", "KH-6-2i", "KH-7-1")
@pytest.mark.parametrize(
    ("lacking", "words"),
    [
        ("title", "請填寫調閱者職稱"),
        ("identity_by", "請核對調閱者的身分證件"),
        ("acknowledged", "不得翻攝及複製"),
        ("companion", "請選擇陪同人員"),
        ("pin", "請陪同人員輸入自己的 PIN"),
    ],
)
def test_what_is_lacking_is_said_beside_its_field_and_nothing_begins(
    console: Console, lacking: str, words: str
) -> None:
    answer = console.browser.post(console.start, data=console.typed(**{lacking: ""}))
    assert answer.status_code == 422
    assert words in answer.text
    assert console.sessions() == []


@pytest.mark.req("KH-7-3", "KH-7-1")
def test_all_that_the_start_lacks_is_told_in_one_round(console: Console) -> None:
    page = console.browser.post(console.start, data=console.typed(identity_by="", acknowledged="", pin="")).text
    for words in ("請核對調閱者的身分證件", "並表示知悉，再開始", "請陪同人員輸入自己的 PIN"):
        assert words in page


@pytest.mark.req("DR-14")
def test_a_wrong_pin_begins_nothing_and_is_counted(console: Console) -> None:
    answer = console.browser.post(console.start, data=console.typed(pin="000111"))
    assert (answer.status_code, "PIN 不正確" in answer.text) == (422, True)
    assert "000111" not in answer.text
    assert console.sessions() == []
    assert db.session.get_one(User, console.companion, populate_existing=True).pin_failures == 1


@pytest.mark.req("DR-12", "KH-6-2i")
def test_the_player_is_only_in_the_browser_in_which_the_pin_was_typed(console: Console) -> None:
    address = console.begin()
    shown = console.browser.get(address).text
    assert "data-viewing" in shown
    assert f'data-stretch="{STRETCH}"' in shown, "it asks for keys as they are opened"
    elsewhere = console.desk.browser("k1-handler")
    page = elsewhere.get(address).text
    assert "data-viewing" not in page
    assert "/media/" not in page
    assert elsewhere.post(f"{address}/heartbeat").status_code == 403
    for login in ("k1-staff", "k1-head", "k1-guard"):
        assert console.desk.browser(login).get(address).status_code == 403
    assert console.desk.browser("e1-handler").get(address).status_code == 404
    assert console.desk.browser("officer").get(address).status_code == 404


@pytest.mark.req("DR-12", "DR-14")
def test_the_share_of_the_keys_goes_to_the_pictures_of_this_session_alone(console: Console) -> None:
    answer = console.browser.post(console.start, data=console.typed())
    (cookie,) = [each for each in answer.headers.getlist("Set-Cookie") if each.startswith("shouyuan-viewing=")]
    (found,) = console.sessions()
    path = f"/media/schools/{found.tenant_id}/viewings/{found.id}"
    assert {f"Path={path}", "HttpOnly", "SameSite=Strict", "Max-Age=7200"} <= set(cookie.split("; "))
    share = cookie.partition("=")[2].partition(";")[0]
    assert len(share) == 43
    assert share not in {str(getattr(found, column.key)) for column in ViewingSession.__table__.columns}
    assert console.browser.get_cookie("shouyuan-viewing", path=path) is not None
    assert console.browser.get_cookie("shouyuan-viewing", path="/") is None
    with console.browser.session_transaction() as kept:
        assert share not in str(dict(kept)), "the sign-in's cookie does not bear it"


@pytest.mark.req("DR-14")
def test_the_page_learns_how_long_it_may_go_on_and_that_it_was_stopped(console: Console) -> None:
    address = console.begin()
    lives = console.browser.post(f"{address}/heartbeat")
    assert lives.json["state"] == "running"
    assert 0 < lives.json["confirm_in"] <= 15 * 60
    wrong = console.browser.post(f"{address}/confirmation", data={"pin": "000111"})
    assert wrong.status_code == 422
    assert console.browser.post(f"{address}/confirmation", data={"pin": people.PIN}).status_code == 200
    assert console.browser.post(f"{address}/pause").status_code == 303
    assert console.browser.post(f"{address}/heartbeat").status_code == 409
    page = console.browser.get(address).text
    assert "按下「離開／停止」" in page
    assert "繼續調閱" in page
    again = {"companion": str(console.companion), "pin": people.PIN}
    assert console.browser.post(f"{address}/resumption", data=again).status_code == 303
    assert console.browser.post(f"{address}/heartbeat").status_code == 200


@pytest.mark.req("KH-7-1", "KH-6-2i")
def test_who_took_over_states_only_since_when_they_were_there_and_the_record_tells_of_it(console: Console) -> None:
    address = console.begin()
    console.open()
    assert "我全程在場，全程未翻攝" in console.browser.get(address).text
    guard = console.desk.cast.ids["k1-guard"]
    people.pin(guard)
    assert console.browser.post(f"{address}/pause").status_code == 303
    again = {"companion": str(guard), "pin": people.PIN}
    assert console.browser.post(f"{address}/resumption", data=again).status_code == 303
    page = console.browser.get(address).text
    assert "我全程在場" not in page
    assert re.search(r"我自 \d\d:\d\d 接手起全程在場，其間未翻攝", page)
    said = {"signed": "screen", "name": "陳志明", "not_filmed": "y", "pin": people.PIN}
    assert console.browser.post(f"{address}/signatures", data=said).status_code == 303
    ended = console.browser.get(address).text
    assert "停止播放：按下「離開／停止」" in ended
    assert "接手陪同" in ended
    companions = ended.partition("<dt>陪同</dt>")[2].partition("</dd>")[0]
    clock_times = r"（\d\d:\d\d(:\d\d)? 至 \d\d:\d\d(:\d\d)?）"
    assert re.fullmatch(rf"<dd>k1的staff{clock_times}、k1的guard{clock_times}", companions), companions
    case = console.browser.get(f"{console.desk.school}/cases/{console.disclosure_id}").text
    assert "陪同 k1的staff、k1的guard" in case
    console.desk.cases()
    entry = db.session.scalars(db.select(RegisterEntry)).one()
    assert re.search(r"、.+（\d\d:\d\d起）$", entry.accompanied_by), entry.accompanied_by


@pytest.mark.req("KH-7-1", "KH-7-2", "KH-7-3", "KH-6-2j")
def test_both_sign_and_the_case_shows_the_session_and_the_register_its_line(console: Console) -> None:
    address = console.begin()
    console.open()
    said = {"signed": "screen", "name": "陳志明", "not_filmed": "y", "pin": people.PIN}
    for lacking in ("signed", "name", "not_filmed", "pin"):
        left = {name: value for name, value in said.items() if name != lacking}
        assert console.browser.post(f"{address}/signatures", data=left).status_code == 422, lacking
    assert console.browser.post(f"{address}/signatures", data=said).status_code == 303
    page = console.browser.get(address).text
    assert "雙方簽名結束" in page
    console.desk.cases()
    entry = db.session.scalars(db.select(RegisterEntry)).one()
    assert (entry.accessor_title, entry.viewed, entry.copied) == ("偵查佐", True, False)
    assert (
        address.rsplit("/", 1)[-1] in console.browser.get(f"{console.desk.school}/cases/{console.disclosure_id}").text
    )


@pytest.mark.req("KH-7-1", "TY-5-4a")
def test_a_session_without_signatures_waits_on_the_first_page_of_who_can_sign_it(console: Console) -> None:
    address, home = console.begin(), f"{console.desk.school}/"
    console.open()
    assert "由雙方簽名結束" not in console.browser.get(home).text
    console.browser.post(f"{address}/pause")
    page = console.browser.get(home).text
    assert f'<a href="{address}">' in page
    assert "的調閱已停止播放，請繼續，或由雙方簽名結束" in page
    assert "由雙方簽名結束" not in console.desk.browser("k1-head").get(home).text
    said = {"signed": "screen", "name": "陳志明", "not_filmed": "y", "pin": people.PIN}
    assert console.browser.post(f"{address}/signatures", data=said).status_code == 303
    assert "由雙方簽名結束" not in console.browser.get(home).text


@pytest.mark.req("KH-7-1", "TY-5-4a")
def test_one_that_nobody_came_back_to_asks_for_signatures_on_paper(console: Console) -> None:
    address = console.begin()
    console.open()
    (found,) = console.sessions()
    found.began_at = found.confirmed_at = found.seen_at = clock.now() - timedelta(hours=1)
    db.session.commit()
    for _twice in range(2):  # stopped, then ended
        settle(actor=system("settle_viewings"), tenant_id=found.tenant_id)
        db.session.commit()
    assert "雙方未簽名，請以紙本補簽附卷" in console.browser.get(f"{console.desk.school}/").text
    assert "請洽調閱者與陪同人員於紙本補簽並附卷" in console.browser.get(address).text


@pytest.mark.req("KH-6-2i", "KH-5-1c")
def test_a_breach_stops_it_even_before_it_is_described(console: Console) -> None:
    address = console.begin()
    empty = console.browser.post(f"{address}/breach", data={"kind": "", "note": ""})
    assert empty.status_code == 422
    assert console.sessions()[0].state == "paused", "first the picture goes"
    said = {"kind": "filmed", "note": "以手機拍攝螢幕", "by": "viewer"}
    assert console.browser.post(f"{address}/breach", data=said).status_code == 303
    assert "以手機拍攝螢幕" in console.browser.get(address).text
    console.desk.cases()
    opened = db.session.scalars(db.select(MisuseCase)).one()
    assert (opened.kind, opened.disclosure_id) == ("misuse", console.disclosure_id)


def test_an_appointment_is_made_for_later_and_the_last_one_counts(console: Console) -> None:
    address = f"{console.start}/appointment"
    tomorrow = short_date(clock.today() + timedelta(days=1))
    said = {"day": tomorrow, "time": "16:30", "place": "行政辦公室"}
    for wrong in ({"day": short_date(clock.today() - timedelta(days=1))}, {"time": ""}, {"place": " "}):
        assert console.browser.post(address, data=said | wrong).status_code == 422, wrong
    assert console.browser.post(address, data=said).status_code == 303
    assert console.browser.post(address, data=said | {"place": "園長室"}).status_code == 303
    page = console.browser.get(console.start).text
    assert "16:30，園長室" in page
    assert console.desk.browser("k1-head").post(address, data=said).status_code == 403


@pytest.mark.req("DR-14")
def test_a_person_sets_their_own_pin_on_their_account_page(console: Console) -> None:
    browser = console.desk.browser("k1-guard")
    assert "設定陪同 PIN" in browser.get("/account").text
    said = {"current": people.PASSWORD, "pin": "730264", "again": "730264"}
    for wrong in ({"current": "x"}, {"again": "730265"}, {"pin": "111111", "again": "111111"}):
        assert browser.post("/account/pin", data=said | wrong).status_code == 422
    assert browser.post("/account/pin", data=said).status_code == 303
    assert "變更陪同 PIN" in browser.get("/account").text
