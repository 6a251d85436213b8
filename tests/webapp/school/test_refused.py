"""What the boxes of a school could not send."""

from typing import Any

import pytest

from infra.db import db
from infra.refusals import REFUSALS
from infra.tenancy import Binding, bind
from tenants.registry.models import EdgeDevice
from tests.factories import footage
from tests.webapp.desk import Desk

pytestmark = pytest.mark.req("DR-34", "DR-18")


def say(desk: Desk, *, segments: int, gaps: int, code: str) -> None:
    """A box of K1 that said so a moment ago."""
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    box = db.session.get_one(EdgeDevice, footage.device(desk.cast.k1))
    box.refused_segments, box.refused_gaps, box.refused_code = segments, gaps, code
    db.session.commit()


@pytest.mark.parametrize(
    ("said", "words", "to_do"),
    [
        (
            {"segments": 3, "gaps": 0, "code": "unknown_key"},
            "3 段影像無法上傳，仍留在主機內",
            "請讓邊緣主機重新下載設定。排除後，主機會在一天內自動再送。",
        ),
        (
            {"segments": 2, "gaps": 1, "code": "conflict"},
            "2 段影像、1 筆中斷紀錄無法上傳",
            "請洽平台維運人員。",
        ),
        (
            {"segments": 0, "gaps": 4, "code": "of_next_year"},
            "4 筆中斷紀錄無法上傳",
            "原因代碼為 of_next_year。請更新邊緣主機的程式",
        ),
    ],
    ids=["passes", "lasts", "unknown here"],
)
def test_what_a_box_could_not_send_is_told_with_what_to_do(
    desk: Desk, said: dict[str, Any], words: str, to_do: str
) -> None:
    say(desk, **said)
    for reader in ("k1-head", "k1-handler"):
        for page in (f"{desk.school}/", f"{desk.school}/devices/"):
            text = desk.browser(reader).get(page).text
            assert words in text
            assert to_do in text
    assert words not in desk.browser("k1-guard").get(f"{desk.school}/").text


def test_a_box_that_could_send_everything_is_no_task(desk: Desk) -> None:
    say(desk, segments=0, gaps=0, code="")
    for page in (f"{desk.school}/", f"{desk.school}/devices/"):
        assert "無法上傳" not in desk.browser("k1-head").get(page).text


@pytest.mark.parametrize("code", REFUSALS)
def test_every_reason_says_what_to_do_or_that_nothing_can_be_done(code: str) -> None:
    words = REFUSALS[code].words
    assert words.endswith("。")
    assert "請" in words or code == "day_destroyed"
