"""A camera that is set to record sound and sends none is told of on its page, with what to do."""

from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from infra.manifest import Note
from infra.tenancy import Binding, bind
from tenants.registry.models import Camera
from tests.factories import footage
from tests.webapp.desk import Desk

pytestmark = pytest.mark.req("KH-3-11", "DR-30")


def page(desk: Desk, *, is_set: bool, heard: list[bool], notes: str = "") -> str:
    """The gate's page after minutes with and without sound."""
    of = desk.cast.k1
    bind(db.session, Binding(tenant_id=of.tenant_id))
    db.session.get_one(Camera, of.cameras["C-GATE"]).audio = is_set
    device_id = footage.device(of)
    bind(db.session, Binding(tenant_id=of.tenant_id))
    for number, has_sound in enumerate(heard):
        made = footage.segment(
            of, device_id=device_id, started_at=clock.day_start(clock.today()) + timedelta(minutes=number)
        )
        made.audio, made.notes = has_sound, notes
    db.session.commit()
    return desk.browser("k1-head").get(f"{desk.school}/cameras/{of.cameras['C-GATE']}").text


@pytest.mark.parametrize(
    ("heard", "words", "advice"),
    [
        ([True, True], "有", 0),
        ([False, False], "全部的片段都沒有聲音", 1),
        ([True, False, True], "3 個片段中 1 個沒有聲音", 1),
        ([], "無資料", 0),
    ],
)
def test_a_camera_that_is_set_to_record_sound_says_what_came(
    desk: Desk, heard: list[bool], words: str, advice: int
) -> None:
    shown = page(desk, is_set=True, heard=heard)
    assert f"<dt>聲音</dt><dd>{words}</dd>" in shown
    assert shown.count("請檢查鏡頭的麥克風") == advice


def test_one_that_is_not_is_asked_for_nothing(desk: Desk) -> None:
    shown = page(desk, is_set=False, heard=[False])
    assert "<dt>聲音</dt><dd>設定不收音</dd>" in shown
    assert "請檢查鏡頭的麥克風" not in shown


def test_what_came_off_the_card_is_not_counted(desk: Desk) -> None:
    assert "請檢查鏡頭的麥克風" not in page(desk, is_set=True, heard=[False], notes=Note.RECOVERED)
