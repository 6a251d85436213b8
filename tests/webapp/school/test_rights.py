"""個人資料權利 on the pages: from the counter to the end, and what is wrong stands beside its field (DR-28)."""

from datetime import timedelta
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.registry.models import Tenant
from tenants.roc_dates import format_time, short_date
from tests import printouts
from tests.webapp.desk import Desk

pytestmark = pytest.mark.req("DR-28")
START = clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)


def typed(**changes: str) -> dict[str, str]:
    whole = {
        "right": "copy",
        "received_on": short_date(clock.today()),
        "person_name": "林小惠",
        "relation": "母（法定代理人）",
        "subject_name": "林可可",
        "contact": "0912-345-678",
        "identity_seen": "國民身分證、戶口名簿",
        "about": "請求製給女兒影像的複製本",
    }
    return whole | changes


def entered(desk: Desk) -> str:
    """The address of a request that the handler entered."""
    answer = desk.browser("k1-handler").post(f"{desk.school}/rights/new", data=typed())
    assert answer.status_code == 303
    return answer.location


def test_a_parents_request_is_walked_to_its_end(desk: Desk) -> None:
    handler, head = desk.browser("k1-handler"), desk.browser("k1-head")
    page = entered(desk)
    reviewed = handler.post(
        f"{page}/review",
        data={"note": "符合第十條", "third_parties": "y", "masking": "遮蔽他童臉部"},
        follow_redirects=True,
    )
    assert "待首長決定" in reviewed.text
    assert "請決定個人資料權利的請求" in head.get(f"{desk.school}/").text
    refused = head.post(f"{page}/answer", data={"answer": "refused", "refusal_ground": "", "reasons": "不得複製"})
    assert refused.status_code == 422
    assert "應依個人資料保護法所定的事由" in refused.text
    head.post(f"{page}/answer", data={"answer": "granted", "refusal_ground": "", "reasons": ""})
    early = handler.post(f"{page}/closing")
    assert (early.status_code, "尚未辦理" in early.text) == (422, True)
    handler.post(f"{page}/manner", data={"given_on": short_date(clock.today()), "manner": "光碟序號 A-12 當面交付"})
    assert "已結案" in handler.post(f"{page}/closing", follow_redirects=True).text


def test_after_the_review_the_page_says_whose_turn_it_is_and_asks_before_a_withdrawal(desk: Desk) -> None:
    handler, head, page = desk.browser("k1-handler"), desk.browser("k1-head"), entered(desk)
    before = handler.get(page).text
    assert ("等待首長決定" in before, "更正審查意見" in before) == (False, False)
    handler.post(f"{page}/review", data={"note": "符合第十條", "masking": "不需要"})
    after = handler.get(page).text
    assert "目前不必再做什麼" in after
    assert "<details><summary>首長決定前，可以更正已登記的審查意見" in after
    assert "<details><summary>登記撤回</summary>" in after
    assert ("確定登記撤回" in after, "撤回後不能恢復" in after) == (True, True)
    assert "目前不必再做什麼" not in head.get(page).text
    refused = handler.post(f"{page}/review", data={"note": "", "masking": ""})
    assert (refused.status_code, "<details open><summary>首長決定前" in refused.text) == (422, True)
    assert "已登記撤回" in handler.post(f"{page}/withdrawal", follow_redirects=True).text


def requested(desk: Desk) -> str:
    """The address of a request for a copy of ten minutes of a camera."""
    footage = {
        "camera": str(desk.cast.k1.cameras["C-GATE"]),
        "day": short_date(clock.civil_day(START)),
        "from_time": format_time(START),
        "until_time": format_time(START + timedelta(minutes=10)),
    }
    return str(desk.browser("k1-handler").post(f"{desk.school}/rights/new", data=typed(**footage)).location)


def granted(desk: Desk) -> str:
    """The same, which the head granted."""
    handler, head, address = desk.browser("k1-handler"), desk.browser("k1-head"), requested(desk)
    handler.post(f"{address}/review", data={"note": "符合第十條", "third_parties": "y", "masking": "遮蔽他童"})
    head.post(f"{address}/answer", data={"answer": "granted", "refusal_ground": "", "reasons": ""})
    return address


def test_faults_of_the_receipt_are_told_in_one_round(desk: Desk) -> None:
    bad = typed(right="", person_name=" ", received_on="2026/11/20", camera=str(desk.cast.k1.cameras["C-GATE"]))
    answer = desk.browser("k1-handler").post(f"{desk.school}/rights/new", data=bad)
    assert answer.status_code == 422
    for sentence in ("請選擇請求種類。", "請填寫請求人姓名。", "民國年", "請填寫影像日期。", "請填寫起時。"):
        assert sentence in answer.text


def test_a_camera_of_another_institution_is_no_choice(desk: Desk) -> None:
    answer = desk.browser("k1-handler").post(
        f"{desk.school}/rights/new", data=typed(camera=str(UUID(int=7)), day="115/11/18")
    )
    assert (answer.status_code, "請從清單中選取。" in answer.text) == (422, True)


def test_a_camera_that_the_page_never_offered_is_told_and_no_error(desk: Desk) -> None:
    today = short_date(clock.today())
    bad = typed(camera="garbage", day=today, from_time="08:00", until_time="08:05")
    answer = desk.browser("k1-handler").post(f"{desk.school}/rights/new", data=bad)
    assert (answer.status_code, "請從清單中選取。" in answer.text) == (422, True)


def test_a_guard_finds_no_such_page(desk: Desk) -> None:
    assert desk.browser("k1-guard").get(f"{desk.school}/rights/").status_code == 403
    assert "個人資料權利" not in desk.browser("k1-guard").get(f"{desk.school}/").text


def test_whoever_asks_to_see_footage_is_told_of_the_right_to_a_copy(desk: Desk) -> None:
    page = desk.browser("k1-handler").get("/apply/K1/").text
    assert "期限十五日" in page
    assert "個人資料保護法第三條" in page


@pytest.mark.needs("faces", "pdftotext")
def test_the_answer_is_a_letter_with_ground_and_reasons_and_there_is_none_before(desk: Desk) -> None:
    handler, head = desk.browser("k1-handler"), desk.browser("k1-head")
    page = entered(desk)
    early = handler.get(f"{page}/answer.pdf")
    assert (early.status_code, "尚未作成決定" in early.text) == (409, True)
    handler.post(f"{page}/extension", data={"extension": "須向廠商調取紀錄"})
    assert "延長答復期限至" in printouts.words(handler.get(f"{page}/answer.pdf").data)
    handler.post(f"{page}/review", data={"note": "符合第十條", "third_parties": "y", "masking": "遮蔽他童臉部"})
    told = {"answer": "partly", "refusal_ground": "third_party", "reasons": "他童影像遮蔽，得向教育局陳情"}
    head.post(f"{page}/answer", data=told)
    said = printouts.words(handler.get(f"{page}/answer.pdf").data)
    for words in ("個人資料權利請求答復書", "林小惠", "部分准許", "第十條第三款", "得向教育局陳情", "遮蔽後提供"):
        assert words in said, words
    for words in ("受文者：林小惠", "發文日期：中華民國", "發文字號："):
        assert words in said, words
    assert said.index("晨光幼兒園") < said.index("個人資料權利請求答復書"), "whose letter it is stands first"
    for words in ("決定日期", "提供的方式", "讀回核對後交付", "依民事訴訟程序請求"):
        assert words in said, words
    assert "訴願" not in said, "a private preschool's answer is no administrative act"
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    db.session.get_one(Tenant, desk.cast.k1.tenant_id).ownership = "public"
    db.session.commit()
    assert "訴願法第十四條" in printouts.words(handler.get(f"{page}/answer.pdf").data)


@pytest.mark.needs("faces", "pdftotext")
def test_the_letter_of_a_refusal_says_what_can_be_done_about_it_and_gives_nothing(desk: Desk) -> None:
    handler, head = desk.browser("k1-handler"), desk.browser("k1-head")
    page = entered(desk)
    handler.post(f"{page}/review", data={"note": "戶籍資料不符", "masking": ""})
    head.post(f"{page}/answer", data={"answer": "refused", "refusal_ground": "not_the_person", "reasons": "查無親權"})
    said = printouts.words(handler.get(f"{page}/answer.pdf").data)
    for words in ("決定：不准許", "請求人不是當事人", "理由：查無親權", "不服本決定時", "得向教育局陳情"):
        assert words in said, words
    assert "提供的方式" not in said


def test_after_the_decision_the_head_reads_who_opens_and_masks(desk: Desk) -> None:
    page, handler, head = granted(desk), desk.browser("k1-handler"), desk.browser("k1-head")
    assert "由承辦人遮蔽並提供影像" in head.get(f"{desk.school}/").text
    assert "您的角色不開啟影像" in head.get(page).text
    assert "請辦理決定的內容並結案" in handler.get(f"{desk.school}/").text
    assert "您的角色不開啟影像" not in handler.get(page).text


def test_whoever_reviews_unseen_is_told_what_to_choose(desk: Desk) -> None:
    assert "不確定有沒有其他人時，請勾選" in desk.browser("k1-handler").get(entered(desk)).text


def test_the_public_notice_says_how_a_guardian_asks_for_a_copy(desk: Desk) -> None:
    assert "請攜帶您的身分證明文件" in desk.browser("k1-handler").get(f"/notice/{desk.cast.k1.tenant_id}").text


def test_what_is_granted_names_no_ground_of_refusal(desk: Desk) -> None:
    page, head = entered(desk), desk.browser("k1-head")
    desk.browser("k1-handler").post(f"{page}/review", data={"note": "符合第十條", "masking": "不需要"})
    said = {"answer": "granted", "refusal_ground": "third_party", "reasons": "第三人"}
    refused = head.post(f"{page}/answer", data=said)
    assert (refused.status_code, "准許時不能選取不准許的法定事由" in refused.text) == (422, True)
    assert '<option selected value="third_party">' in refused.text, "what was chosen stays chosen"
    assert head.post(f"{page}/answer", data=said | {"answer": "partly"}).status_code == 303


def test_nothing_granted_is_closed_before_the_day_on_which_it_was_given_is_known(desk: Desk) -> None:
    page, handler = entered(desk), desk.browser("k1-handler")
    handler.post(f"{page}/review", data={"note": "符合第十條", "masking": "不需要"})
    desk.browser("k1-head").post(f"{page}/answer", data={"answer": "granted", "refusal_ground": "", "reasons": ""})
    today, tomorrow, before = clock.today(), clock.today() + timedelta(days=1), clock.today() - timedelta(days=1)
    for day, words in (
        ("", "請填寫交付或閱覽的日期"),
        (short_date(tomorrow), "不能晚於今天"),
        (short_date(before), "不能早於決定日"),
    ):
        answer = handler.post(f"{page}/manner", data={"given_on": day, "manner": "光碟 A-12"})
        assert (answer.status_code, words in answer.text) == (422, True)
    assert "尚未登記交付或閱覽的日期" in handler.post(f"{page}/closing").text
    handler.post(f"{page}/manner", data={"given_on": short_date(today), "manner": "光碟 A-12"})
    assert "已結案" in handler.post(f"{page}/closing", follow_redirects=True).text
