"""What the panel reads: coded names, and nothing that leads to a person or to footage."""

from dataclasses import asdict

import pytest

from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.panel.brief import brief_of, coded, names_and_codes
from tests.tenants.disclosures.insider.panel.conftest import Panel

pytestmark = pytest.mark.req("KH-6-Pb", "DR-37")

CODES = names_and_codes(applicant="林小惠", child="林可可", involved=["張淑芬"], staff=["王園長", "李玉華", "周明"])


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("林可可跌倒", "幼兒（學生）甲跌倒"),
        ("可可跌倒，小可哭了", "幼兒（學生）甲跌倒，幼兒（學生）甲哭了"),
        ("我林小惠要求", "我申請人要求"),
        ("張淑芬老師在場", "關係人甲老師在場"),
        ("張老師沒有扶她", "關係人甲沒有扶她"),
        ("李玉華與李主任", "教職員與教職員"),
        ("周明也看到", "教職員也看到"),
        ("滑梯旁沒有人", "滑梯旁沒有人"),
    ],
)
def test_every_name_that_is_known_is_coded(typed: str, shown: str) -> None:
    assert coded(typed, CODES) == shown


def test_without_names_a_text_stays_as_it_is() -> None:
    assert coded("滑梯旁跌倒", {}) == "滑梯旁跌倒"


def test_a_name_with_signs_of_a_pattern_in_it_is_a_name() -> None:
    assert coded("A+B與A", names_and_codes(applicant="A+B", child="", involved=[], staff=[])) == "申請人與A"


def test_the_brief_names_nobody_and_holds_no_footage(panel: Panel) -> None:
    reason = "林可可於滑梯旁跌倒，張淑芬老師在場，林小惠需了解經過"
    case: InsiderRequest = panel.checked(reason=reason, relation="母")
    shown = brief_of(case)
    text = str(asdict(shown))
    secret = ("林可可", "林小惠", "張淑芬", case.phone, case.email, case.id_masked, case.child_class)
    assert not [each for each in secret if each in text]
    assert (shown.relation, shown.applicant, shown.ground) == ("母", "監護人", "意外事故")
    assert [each.camera for each in shown.windows] == [w.camera_name for w in panel.desk.scene.windows(case)]  # type: ignore[arg-type]
    assert shown.beyond_minutes == 0


@pytest.mark.req("KH-6-2c6")
def test_where_no_right_is_named_the_brief_advises_a_refusal(panel: Panel) -> None:
    watching = {"ground": "personal_rights", "reason": "想看小孩上課情形，了解孩子適應的狀況", "confirmed": True}
    unnamed = brief_of(panel.checked(**watching, concerned_right=""))
    named = brief_of(panel.checked(**watching, concerned_right="名譽"))
    assert "歉難同意" in unnamed.advised
    assert (named.advised, named.right) == ("", "名譽")
