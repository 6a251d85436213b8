"""An auditor draws, opens, judges and exports; the institution sees who read what, and answers (journey U1)."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.audit.models import AuditEvent
from tenants.compliance.sampling import queries, taking
from tenants.compliance.sampling.models import AuditSample, SampledCase
from tenants.disclosures.insider.models import InsiderRequest
from tenants.improvements.models import Improvement
from tenants.permissions import Role
from tenants.roc_dates import short_date
from tests.factories import insiders, people
from tests.webapp.conftest import WebClient
from tests.webapp.desk import Desk

pytestmark = pytest.mark.req("DR-09", "DR-37")

ADDRESS = "/bureau/samples"
TODAY, YESTERDAY = short_date(clock.today()), short_date(clock.today() - timedelta(days=1))
SOON = short_date(clock.today() + timedelta(days=20))
NAMES = ("林小惠", "林可可", "滑梯", "兔兔班", "0912-345-678", "E******005")
VERDICTS = {
    "form_check": "there",
    "signatures": "lacking",
    "panel": "not_owed",
    "accompaniment": "not_owed",
    "register": "not_owed",
    "retained_copy": "not_owed",
    "review": "lacking",
    "reply": "not_owed",
}


def wish(**changes: str) -> dict[str, str]:
    today = clock.today()
    whole = {
        "purpose": "115年度內部稽核計畫",
        "first_day": short_date(today - timedelta(days=365)),
        "last_day": short_date(today),
        "count": "2",
        "door": "",
        "kind": "",
        "district": "",
        "strata": "",
    }
    return whole | changes


@pytest.fixture
def auditor(desk: Desk) -> WebClient:
    """K1 has three cases of insiders of which the bureau knows."""
    people.auditor()
    people.bureau_officer()
    k1 = desk.cast.k1
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    for _ in range(3):
        insiders.request(k1)
    taking.take_cases(tenant_id=k1.tenant_id, now=clock.now(), actor=system("test"))
    db.session.commit()
    return desk.browser("auditor")


def at_bureau() -> None:
    db.session.rollback()
    bind(db.session, Binding(tenant_id=people.bureau()))


def drawn(auditor: WebClient, **changes: str) -> tuple[AuditSample, list[SampledCase]]:
    answer = auditor.post(ADDRESS, data=wish(**changes))
    assert answer.status_code == 303, answer.text
    at_bureau()
    sample = db.session.get_one(AuditSample, UUID(answer.location.rsplit("/", 1)[-1]))
    query = db.select(SampledCase).where(SampledCase.sample_id == sample.id).order_by(SampledCase.place)
    cases = list(db.session.scalars(query))
    db.session.expunge_all()  # they are read on, whoever the session is bound to
    return sample, cases


def chain(tenant_id: UUID, event: str) -> list[AuditEvent]:
    db.session.rollback()
    bind(db.session, Binding(tenant_id=tenant_id))
    query = db.select(AuditEvent).where(AuditEvent.tenant_id == tenant_id, AuditEvent.event == event)
    return list(db.session.scalars(query.order_by(AuditEvent.seq)))


@pytest.mark.req("DR-06", "DR-30")
def test_a_draw_is_announced_in_the_chain_and_its_seed_is_that_events_hash(auditor: WebClient) -> None:
    sample, cases = drawn(auditor)
    assert (sample.population, sample.asked, len(cases)) == (3, 2, 2)
    by = people.acting(sample.drawn_by, Role.AUDITOR)
    at_bureau()
    assert queries.is_same_again(actor=by, found=db.session.get_one(AuditSample, sample.id))
    (announced,) = chain(people.bureau(), "sample:announced")
    assert (announced.seq, announced.hash) == (sample.seq, sample.seed)
    assert announced.fields["population"] == 3
    page = auditor.get(f"{ADDRESS}/{sample.id}").text
    for words in (sample.serial, sample.seed, "重抽相同", "吳專員", "3 件"):
        assert words in page


def test_a_second_draw_of_a_day_has_a_number_of_its_own_and_both_stay(auditor: WebClient) -> None:
    first, second = (drawn(auditor)[0] for _ in range(2))
    assert first.serial != second.serial
    assert first.seed != second.seed
    page = auditor.get(ADDRESS).text
    assert first.serial in page
    assert second.serial in page


def test_a_sample_larger_than_the_population_takes_all_and_says_so(auditor: WebClient) -> None:
    sample, cases = drawn(auditor, count="20")
    assert len(cases) == 3
    assert "案件數不足 20 件，已全數抽出" in auditor.get(f"{ADDRESS}/{sample.id}").text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"purpose": " "}, "請填寫抽查的依據"),
        ({"count": "0"}, "請填 1 到 200 件"),
        ({"first_day": TODAY, "last_day": YESTERDAY}, "迄日不能早於起日"),
        ({"last_day": short_date(clock.today() + timedelta(days=1))}, "迄日不能晚於今天"),
        ({"door": "official"}, "沒有符合條件的案件"),
    ],
)
def test_what_cannot_be_drawn_is_said(auditor: WebClient, changes: dict[str, str], sentence: str) -> None:
    answer = auditor.post(ADDRESS, data=wish(**changes))
    assert (answer.status_code, sentence in answer.text) == (422, True)
    at_bureau()
    assert not list(db.session.scalars(db.select(AuditSample)))


def test_who_is_no_auditor_neither_draws_nor_reads(desk: Desk, auditor: WebClient) -> None:
    sample, cases = drawn(auditor)
    officer = desk.browser("bureau")
    for path in ("", f"/{sample.id}", f"/cases/{cases[0].id}", f"/{sample.id}/findings.csv"):
        assert officer.get(ADDRESS + path).status_code == 403
    assert officer.post(ADDRESS, data=wish()).status_code == 403
    assert desk.browser("k1-head").get(ADDRESS).status_code == 404


def test_a_drawn_case_shows_its_code_alone_and_once_opened_facts_without_a_name(desk: Desk, auditor: WebClient) -> None:
    _, (case, _) = drawn(auditor)
    before = auditor.get(f"{ADDRESS}/cases/{case.id}").text
    assert case.serial in before
    assert "系統判定" not in before
    assert auditor.post(f"{ADDRESS}/cases/{case.id}/opening", data={"reason": ""}).status_code == 303
    page = auditor.get(f"{ADDRESS}/cases/{case.id}").text
    assert "要點第六點" in page
    for name in (*NAMES, "<video", "/media/", ".m3u8"):
        assert name not in before + page
    (told,) = chain(desk.cast.k1.tenant_id, "sample_case:opened")
    assert (told.actor_name, told.fields["serial"]) == ("吳專員", case.serial)
    assert "稽核人員開啟抽中的案件" in desk.browser("k1-head").get(f"{desk.school}/audit/").text
    again = auditor.post(f"{ADDRESS}/cases/{case.id}/opening", data={"reason": ""})
    assert (again.status_code, "不能進行這個步驟" in again.text) == (422, True)


def test_a_sealed_case_is_opened_with_a_reason_only(desk: Desk, auditor: WebClient) -> None:
    _, (case, _) = drawn(auditor)
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    db.session.get_one(InsiderRequest, case.disclosure_id).sealed = True
    db.session.commit()
    answer = auditor.post(f"{ADDRESS}/cases/{case.id}/opening", data={"reason": " "})
    assert answer.status_code == 422
    assert "這是密封案件，只顯示案號" in answer.text
    assert "系統判定" not in answer.text
    assert not chain(desk.cast.k1.tenant_id, "sample_case:opened"), "nothing was read out"
    auditor.post(f"{ADDRESS}/cases/{case.id}/opening", data={"reason": "專案稽核，局長核可"})
    (told,) = chain(desk.cast.k1.tenant_id, "sample_case:opened")
    assert told.fields["reason"] == "專案稽核，局長核可"
    assert "密封案件" in auditor.get(f"{ADDRESS}/cases/{case.id}").text


def judged(auditor: WebClient, **changes: str) -> tuple[AuditSample, SampledCase]:
    sample, (case, _) = drawn(auditor)
    auditor.post(f"{ADDRESS}/cases/{case.id}/opening", data={"reason": ""})
    typed = VERDICTS | {"note": "簽核與複查均有缺漏，請補正", "due_on": SOON} | changes
    answer = auditor.post(f"{ADDRESS}/cases/{case.id}/judgement", data=typed)
    assert answer.status_code == 303, re.sub(r"\s+", " ", answer.text)
    return sample, case


@pytest.mark.req("DR-24")
def test_findings_become_improvement_items_with_a_day_and_are_exported(desk: Desk, auditor: WebClient) -> None:
    sample, case = judged(auditor)
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    items = list(db.session.scalars(db.select(Improvement).order_by(Improvement.serial)))
    assert [(each.check, each.case_serial) for each in items] == [("signatures", case.serial), ("review", case.serial)]
    assert all(each.article.startswith("要點") for each in items)
    as_csv = auditor.get(f"{ADDRESS}/{sample.id}/findings.csv").text
    assert "簽核與複查均有缺漏，請補正" in as_csv
    assert as_csv.count(case.serial) == 8, "one row a check"
    assert auditor.get(f"{ADDRESS}/{sample.id}/findings.ods").data[:2] == b"PK"
    assert [each.fields["form"] for each in chain(people.bureau(), "sample:exported")] == ["csv", "ods"]
    assert "簽核順序、備查複製本複查" in auditor.get(f"{ADDRESS}/{sample.id}").text


@pytest.mark.parametrize(("signatures", "asks"), [("lacking", True), ("there", False)])
def test_a_judgement_speaks_of_improvement_items_only_where_it_asks_for_one(
    auditor: WebClient, *, signatures: str, asks: bool
) -> None:
    _, (case, _) = drawn(auditor)
    auditor.post(f"{ADDRESS}/cases/{case.id}/opening", data={"reason": ""})
    typed = VERDICTS | {"signatures": signatures, "review": "not_owed", "note": "已核對", "due_on": SOON}
    page = auditor.post(f"{ADDRESS}/cases/{case.id}/judgement", data=typed, follow_redirects=True).text
    assert "已記錄查核結果" in page
    assert ("已列為該機構的改善事項" in page) == asks


@pytest.mark.needs("faces")
def test_the_findings_are_a_paper_too(auditor: WebClient) -> None:
    sample, _ = judged(auditor)
    assert auditor.get(f"{ADDRESS}/{sample.id}/findings.pdf").data.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"note": ""}, "請在說明欄寫明"),
        ({"due_on": ""}, "請填寫改善期限"),
        ({"due_on": short_date(clock.today() - timedelta(days=1))}, "改善期限應在今天以後"),
        ({"review": "perhaps"}, "請從清單中選取"),
    ],
)
def test_a_judgement_that_says_too_little_is_refused_and_asks_nothing(
    desk: Desk, auditor: WebClient, changes: dict[str, str], sentence: str
) -> None:
    _, (case, _) = drawn(auditor)
    auditor.post(f"{ADDRESS}/cases/{case.id}/opening", data={"reason": ""})
    typed = VERDICTS | {"note": "簽核有缺漏", "due_on": SOON} | changes
    answer = auditor.post(f"{ADDRESS}/cases/{case.id}/judgement", data=typed)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    assert not list(db.session.scalars(db.select(Improvement)))
