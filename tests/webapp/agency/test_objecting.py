"""What an officer is told who did not get everything: which ways are open, by which article, and how to complete."""

import pytest

from tests.webapp.desk import Desk, letter

AGAIN = "得再以公文向晨光幼兒園申請，補充執行職務必要的理由，並載明法令依據、調閱目的、範圍及用途。"
BUREAU = "規定未另定聲明不服的程序；也得以公文函請主管教育局協調。是否同意仍由該機構決定"


@pytest.mark.req("KH-6-1g", "KH-6-1h", "DR-01")
def test_a_refused_officer_reads_the_ways_that_are_open_and_until_when_and_the_reply_tells_them_too(desk: Desk) -> None:
    case = desk.filed()
    officer = desk.browser("officer")
    assert AGAIN not in officer.get(f"{desk.requests()}/{case}").text, "nothing was decided yet"
    desk.decide(case, "none", reasons="與案情無關")

    mine = officer.get(f"{desk.requests()}/{case}").text
    theirs = desk.browser("k1-handler").get(f"{desk.school}/cases/{case}").text

    for page in (mine, theirs):
        assert AGAIN in page
        assert BUREAU in page
        assert "請於期限前提出" in page
        assert page.count("要點第六點第一項第一款") > 2
    assert f'href="{desk.requests()}/new?site={desk.cast.k1.site_id}">再向晨光幼兒園提出申請' in mine
    assert "函復請一併告知來文機關後續可行的方式" in theirs


@pytest.mark.req("KH-6-1g")
@pytest.mark.parametrize(("copy", "told"), [("y", False), ("", True)])
def test_only_who_did_not_get_everything_reads_them(desk: Desk, copy: str, *, told: bool) -> None:
    case = desk.filed()
    desk.decide(case, copy=copy, reasons="" if copy else "僅同意到場調閱")

    for login, address in (("officer", desk.requests()), ("k1-handler", f"{desk.school}/cases")):
        assert (AGAIN in desk.browser(login).get(f"{address}/{case}").text) is told


def test_a_school_is_named_by_its_own_regulation(desk: Desk) -> None:
    typed = letter(desk.cast.e1.cameras["E-GATE"], copy_necessity="移送檢察官")
    officer = desk.browser("officer")
    case = officer.post(f"{desk.requests(desk.cast.e1.tenant_id)}/new", data=typed).location.rsplit("/", 1)[-1]
    head = desk.browser("e1-head")
    school = f"/schools/{desk.cast.e1.tenant_id}/cases/{case}"
    window = head.get(school).text.split('name="grants-0-window_id"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    refusal = {"grants-0-window_id": window, "grants-0-verdict": "none", "reasons": "與案情無關"}
    assert head.post(f"{school}/decision", data=refusal).status_code == 303

    page = officer.get(f"{desk.requests(desk.cast.e1.tenant_id)}/{case}").text

    assert "得再以公文向向陽國小申請" in page
    assert "依據：計畫伍、二" in page
    assert "要點" not in page


@pytest.mark.req("KH-6-1f")
def test_who_has_to_complete_reads_how(desk: Desk) -> None:
    case = desk.filed(purpose="", purpose_missing="y")
    desk.browser("k1-handler").post(f"{desk.school}/cases/{case}/return", data={"missing": "purpose", "note": ""})

    page = desk.browser("officer").get(f"{desk.requests()}/{case}").text

    assert "請以補正公文載明上列事項，在此照公文填寫" in page
    assert "案件即回到機構審核，不必重新申請；影像仍先行保全。" in page
