"""Places that are gone, rights that nobody names, and reasons that will hardly do: said before it is sent."""

from datetime import date, timedelta

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.registry.models import Camera
from tenants.roc_dates import short_date
from tests.webapp.public.applying.conftest import gate
from tests.webapp.visitor import END, START, Visitor, what, where


@pytest.mark.req("KH-A1-08")
def test_a_place_whose_camera_was_retired_is_offered_for_its_days_and_for_no_later_one(proved: Visitor) -> None:
    _retire(proved, clock.civil_day(START))
    proved.post("/form/what", what())
    assert f"{short_date(clock.civil_day(START))}" in proved.get("/form/where").text
    assert "停用）" in proved.get("/form/where").text
    assert proved.post("/form/where", where(gate(proved))).status_code == 303

    _retire(proved, clock.civil_day(START) - timedelta(days=1))
    answer = proved.post("/form/where", where(gate(proved)))
    assert answer.status_code == 422
    assert "停用，之後沒有錄影" in answer.text


@pytest.mark.req("KH-A1-08")
def test_a_place_whose_camera_was_retired_years_ago_is_offered_no_more(proved: Visitor) -> None:
    _retire(proved, clock.today() - timedelta(days=366))
    proved.post("/form/what", what())
    assert str(gate(proved)) not in proved.get("/form/where").text


def _retire(visitor: Visitor, day: date) -> None:
    db.session.rollback()
    bind(db.session, Binding(tenant_id=visitor.tenant_id))
    camera = db.session.get_one(Camera, gate(visitor))
    camera.active_from, camera.retired_on = day - timedelta(days=100), day
    db.session.commit()


@pytest.mark.req("KH-6-2c6", "TY-5-1b")
@pytest.mark.parametrize(
    ("right", "other", "kept"),
    [("名譽", "", "名譽"), ("其他", "受教權", "受教權"), ("說不上來", "", "")],
)
def test_who_names_their_own_rights_says_which(parent: Visitor, right: str, other: str, kept: str) -> None:
    parent.fill_in(what={"ground": "personal_rights", "right": right, "right_other": other})
    parent.send()
    assert parent.cases()[0].concerned_right == kept


@pytest.mark.req("KH-6-2c6")
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "請指明涉及哪一項個人權益"),
        ({"right": "其他"}, "請寫下是哪一項權益"),
        ({"right": "想看就看"}, "請從清單中選取涉及的權益"),
    ],
)
def test_a_right_is_asked_for_where_it_is_the_ground(proved: Visitor, changes: dict[str, str], sentence: str) -> None:
    answer = proved.post("/form/what", what(ground="personal_rights", **changes))
    assert answer.status_code == 422
    assert sentence in answer.text


@pytest.mark.req("KH-6-2c6", "KH-1-1", "KH-6-2c5")
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ground": "personal_rights", "right": "說不上來"}, "沒有指明涉及哪一項權益"),
        ({"reason": "想考核老師出勤情形，所以要看教室的影像"}, "與設置監視錄影系統的目的不符"),
    ],
)
def test_what_may_well_be_refused_is_said_before_it_is_sent(
    proved: Visitor, changes: dict[str, str], sentence: str
) -> None:
    proved.post("/form/what", what(**changes))
    proved.post("/form/where", where(gate(proved)))
    assert sentence in proved.get("/form/check").text


@pytest.mark.req("KH-6-2c5")
def test_an_accident_before_the_window_is_asked_about(proved: Visitor) -> None:
    proved.post("/form/what", what())
    proved.post("/form/where", where(gate(proved), START + timedelta(minutes=10), END))
    assert "意外開始的時間不在申請的時段內" in proved.get("/form/check").text
