"""What the law asks of a hold, without a database."""

from datetime import date, timedelta
from typing import Any

import pytest

from tenants.errors import Invalid
from tenants.retention.models import HoldBasis
from tenants.retention.rules import check_hold

TODAY = date(2026, 11, 20)
WHOLE: dict[str, Any] = {
    "basis": HoldBasis.CRIME_INVESTIGATION,
    "reference": "高市警○分偵字第11571234500號",
    "document": "高市警○分偵字第11571234500號",
    "necessity": "偵辦竊盜案，需比對出入時間。",
    "review_on": TODAY + timedelta(days=180),
    "today": TODAY,
}


def test_a_whole_one_is_placed() -> None:
    check_hold(**WHOLE)
    check_hold(**WHOLE | {"review_on": TODAY})
    check_hold(**WHOLE | {"basis": HoldBasis.REQUEST, "reference": "調閱-115-0001", "document": "", "necessity": ""})


@pytest.mark.req("KH-5-4b", "KH-5-4c", "TY-4-4b")
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"basis": HoldBasis.OTHER_LAW, "reference": "長官要求"}, "reference"),
        ({"basis": HoldBasis.OTHER_LAW, "reference": ""}, "reference"),
        ({"basis": HoldBasis.OTHER_LAW, "reference": "刑事訴訟法"}, "reference"),
        ({"basis": HoldBasis.OTHER_LAW, "reference": "依上級指示第12條"}, "reference"),
        ({"reference": "  "}, "reference"),
        ({"reference": "校長交辦"}, "reference"),
        ({"document": " "}, "document"),
        ({"document": "高市警來電"}, "document"),
        ({"basis": HoldBasis.OTHER_LAW, "reference": "檔案法第8條", "document": ""}, "document"),
        ({"necessity": " "}, "necessity"),
        ({"basis": HoldBasis.OTHER_UNLAWFUL_ACT, "necessity": ""}, "necessity"),
        ({"review_on": TODAY - timedelta(days=1)}, "review_on"),
        ({"review_on": TODAY + timedelta(days=800)}, "review_on"),
    ],
)
def test_one_without_what_the_law_asks_is_refused(changed: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_hold(**WHOLE | changed)
    assert refusal.value.field == field


@pytest.mark.req("KH-5-4b")
@pytest.mark.parametrize("reference", ["刑事訴訟法第133條", "兒童及少年福利與權益保障法第五十三條", "檔案法 第 8 條"])
def test_a_statute_and_its_article_is_a_basis(reference: str) -> None:
    check_hold(**WHOLE | {"basis": HoldBasis.OTHER_LAW, "reference": reference, "necessity": ""})
