"""Who asks, as found by the handler: what goes with what, as pure rules."""

from dataclasses import replace

import pytest

from tenants.disclosures.insider import eligibility
from tenants.disclosures.insider.eligibility import FLAGS, Finding, Proof, Standing
from tenants.disclosures.insider.models import Eligibility
from tenants.disclosures.insider.rules import Applicant
from tenants.errors import Invalid
from tests.tenants.disclosures.insider.conftest import MOTHER

TEACHER = Finding(
    standing=Standing.ON_ESTABLISHMENT, seen=frozenset({Proof.STAFF_ROSTER}), eligibility=Eligibility.ELIGIBLE
)


@pytest.mark.req("KH-6-2a", "KH-6-2b", "TY-5-1a")
def test_a_teacher_on_the_roster_and_a_mother_of_a_child_on_it_are_covered() -> None:
    eligibility.check_finding(TEACHER, Applicant.TEACHER)
    eligibility.check_finding(replace(TEACHER, seen=frozenset({Proof.APPOINTMENT})), Applicant.WORKER)
    eligibility.check_finding(MOTHER, Applicant.GUARDIAN)
    by_court = replace(
        MOTHER, standing=Standing.LEGAL_REPRESENTATIVE, seen=frozenset({Proof.CHILD_ROSTER, Proof.JUDGMENT})
    )
    eligibility.check_finding(by_court, Applicant.LEGAL_REPRESENTATIVE)


@pytest.mark.req("KH-6-2a")
@pytest.mark.parametrize(
    ("standing", "flag"),
    [
        (Standing.FORMER, "已離職"),
        (Standing.CONTRACTOR, "承攬"),
        (Standing.VOLUNTEER, "志工"),
        (Standing.ELSEWHERE, "非本機構"),
    ],
)
def test_who_is_not_on_the_establishment_is_flagged_and_never_simply_eligible(standing: Standing, flag: str) -> None:
    assert flag in FLAGS[standing]
    _flagged(replace(TEACHER, standing=standing), Applicant.STAFF)


@pytest.mark.req("KH-6-2b")
@pytest.mark.parametrize(
    ("standing", "flag"),
    [
        (Standing.RELATIVE, "無法定代理權"),
        (Standing.NOT_ENROLLED, "事發日孩子不在籍"),
        (Standing.RESTRICTED, "親權受限制"),
    ],
)
def test_who_has_no_say_for_the_child_is_flagged_and_never_simply_eligible(standing: Standing, flag: str) -> None:
    assert flag in FLAGS[standing]
    _flagged(replace(MOTHER, standing=standing), Applicant.GUARDIAN)


def _flagged(finding: Finding, applicant: Applicant) -> None:
    with pytest.raises(Invalid) as refused:
        eligibility.check_finding(finding, applicant)
    assert refused.value.field == "eligibility"
    for result in (Eligibility.ACCEPTED, Eligibility.INELIGIBLE):
        said = replace(finding, eligibility=result)
        with pytest.raises(Invalid, match="說明理由") as refused:
            eligibility.check_finding(said, applicant)
        assert refused.value.field == "eligibility_note"
        eligibility.check_finding(replace(said, note="事發時在職"), applicant)


@pytest.mark.req("KH-6-2a", "KH-6-2b")
@pytest.mark.parametrize(
    ("finding", "applicant"),
    [
        (replace(TEACHER, seen=frozenset()), Applicant.TEACHER),
        (replace(TEACHER, seen=frozenset({Proof.IDENTITY_CARD})), Applicant.TEACHER),
        (replace(MOTHER, seen=frozenset({Proof.HOUSEHOLD})), Applicant.GUARDIAN),
        (replace(MOTHER, seen=frozenset({Proof.CHILD_ROSTER, Proof.IDENTITY_CARD})), Applicant.GUARDIAN),
    ],
)
def test_nobody_is_eligible_of_whom_nothing_was_seen(finding: Finding, applicant: Applicant) -> None:
    with pytest.raises(Invalid) as refused:
        eligibility.check_finding(finding, applicant)
    assert refused.value.field == "seen"


@pytest.mark.req("KH-6-2b")
def test_what_was_found_goes_with_what_the_applicant_says() -> None:
    for finding, applicant in ((MOTHER, Applicant.TEACHER), (TEACHER, Applicant.GUARDIAN)):
        with pytest.raises(Invalid) as refused:
            eligibility.check_finding(finding, applicant)
        assert refused.value.field == "standing"


@pytest.mark.req("KH-6-2a")
def test_a_result_is_chosen_and_does_not_contradict_what_was_found() -> None:
    for result in (Eligibility.UNCHECKED, Eligibility.INELIGIBLE, Eligibility.ACCEPTED):
        with pytest.raises(Invalid) as refused:
            eligibility.check_finding(replace(MOTHER, eligibility=result, note="無"), Applicant.GUARDIAN)
        assert refused.value.field == "eligibility"


def test_every_finding_and_paper_has_its_words() -> None:
    assert set(eligibility.STANDING_NAMES) == set(Standing)
    assert set(eligibility.PROOF_NAMES) == set(Proof)
