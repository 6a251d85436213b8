"""Who is told of what, and when: the jobs of notices against a real mail server."""

import re
from datetime import datetime, time, timedelta

import pytest

from infra import clock
from infra.clock import TAIPEI
from infra.db import db
from tenants.misuse.clocks import Incident
from tenants.upkeep.faults.models import FaultCamera
from tests.factories import insiders, retention, rights
from tests.mailbox import Mailbox
from tests.workers.telling import TEN, Town, body, leak, town
from workers import notice_jobs

__all__ = ["town"]

# Planted in the rows, and in no mail: names of a person, of a camera, and what a case says.
PLANTED = ("歐陽靜慧", "小熊班歐陽老師座位", "兔兔班教師", "翻拍照片", "鏡頭無法連線", "林怡君")


@pytest.mark.req("DR-31", "KH-8-1d")
def test_a_switch_that_takes_ten_cameras_is_one_mail_a_person(town: Town, smtp: Mailbox) -> None:
    town.at(13)
    fault_id = town.switch_fails()
    town.run()
    town.run()

    assert town.to() == ["handler@school.test", "technician@school.test"]
    assert "請立即處理 1 項" in smtp.messages[0]["Subject"]
    assert "待處理的故障：1 件" in body(smtp.messages[0])
    assert len(town.mails("at_once")) == 2
    # A camera that joins the fault later is no news.
    extra = FaultCamera(tenant_id=town.tenant_id, fault_id=fault_id, camera_id=town.of.cameras[TEN[0]], kind="other")
    extra.found_at = clock.now()
    db.session.add(extra)
    db.session.commit()
    town.run()
    assert len(smtp.messages) == 2


@pytest.mark.req("DR-31")
def test_at_eleven_at_night_nothing_goes_that_can_wait_and_it_goes_in_the_morning_once(
    town: Town, smtp: Mailbox
) -> None:
    town.at(23)
    town.switch_fails()
    town.run()
    assert smtp.messages == []
    assert {each.state for each in town.mails()} == {"waiting"}

    town.at(7, 5, days=1)
    town.run()
    at_once = [each for each in smtp.messages if "請立即處理" in each["Subject"]]
    assert len(at_once) == 2


@pytest.mark.req("DR-31", "DR-29")
def test_the_hour_of_a_cyber_incident_is_told_in_the_middle_of_the_night(town: Town, smtp: Mailbox) -> None:
    town.at(23)
    leak(town, incidents={Incident.CYBER})
    town.run()
    assert town.to() == ["handler@school.test", "head@school.test"]
    assert "資安或個資事故的通報期限：1 項" in body(smtp.messages[0])


@pytest.mark.req("DR-31", "DR-29", "KH-5-1c")
def test_whom_a_case_suspects_gets_no_word_and_no_count_of_it(town: Town, smtp: Mailbox) -> None:
    town.at(13)
    leak(town, suspects=(town.head,), incidents={Incident.CYBER})
    town.run()
    assert town.to() == ["handler@school.test"]

    town.at(7, 30, days=1)
    town.run()
    (digest,) = [each for each in smtp.messages if each["To"] == "head@school.test"]
    assert "通報期限" not in body(digest)


@pytest.mark.req("DR-31", "KH-1-2")
def test_no_mail_says_a_name_a_camera_or_anything_of_a_case(town: Town, smtp: Mailbox) -> None:
    town.at(13)
    town.switch_fails()
    leak(town)
    insiders.request(town.of, camera=TEN[0])
    rights.request(town.of, entered_by=town.handler)
    retention.hold(town.of, camera=TEN[0])
    town.run()
    town.at(7, 30, days=40)  # by now everything is late, and the head hears of all
    town.run()

    assert {str(each["To"]).split("@")[0] for each in smtp.messages} == {"head", "handler", "technician"}
    for message in smtp.messages:
        whole = f"{message['Subject']}\n{body(message)}\n{message.as_string()}"
        assert not [word for word in PLANTED if word in whole]
        assert not re.search(r"調閱-\d|查處-\d|報修-\d|C-0\d", whole)
    heads = [body(each) for each in smtp.messages if each["To"] == "head@school.test"]
    assert any("調閱申請的處理期限" in each and "個人資料權利請求的期限" in each for each in heads)


@pytest.mark.req("DR-31")
def test_a_person_gets_one_digest_a_day_and_none_where_there_is_nothing(town: Town, smtp: Mailbox) -> None:
    for minute in (0, 10, 50):
        town.at(7, minute)
        town.run()
        notice_jobs.plan(tenant_id=str(town.tenant_id))
    assert town.to().count("head@school.test") == 1
    (digest,) = [each for each in smtp.messages if each["To"] == "head@school.test"]
    assert digest["Subject"].startswith("晨光幼兒園：今日待辦 ")
    assert "未指派專人" in body(digest)
    assert f"https://shouyuan.test/schools/{town.tenant_id}/" in body(digest)
    assert len({(each.user_id, each.civil_day) for each in town.mails("digest")}) == len(town.mails("digest"))


@pytest.mark.req("DR-31")
def test_no_digest_is_made_on_a_day_without_office_or_after_the_morning(town: Town) -> None:
    saturday = town.monday + timedelta(days=(5 - town.monday.weekday()) % 7)
    town.freeze(datetime.combine(saturday, time(9), TAIPEI))
    town.run()
    town.at(15)
    town.run()
    assert town.mails("digest") == []
