"""Official documents as officers copy them: the samples of section 8.4."""

import pytest

from tenants.disclosures.official import documents
from tenants.disclosures.official.documents import Element
from tests.factories.requests import NUMBER, document


@pytest.mark.req("KH-6-1e")
def test_a_number_is_taken_apart() -> None:
    number = documents.number(NUMBER)

    assert (number.issuer, number.roc_year, number.complete) == ("高市警左分偵字", 115, True)


@pytest.mark.req("KH-6-1e")
@pytest.mark.parametrize(
    "typed",
    ["高市警左分偵字第１１５７１２３４５００號", " 高市警左分偵字 第 11571234500 號 ", "高市警左分偵字第11571234500"],
)
def test_other_spellings_of_a_number_fold_to_the_same(typed: str) -> None:
    assert documents.number(typed).folded == NUMBER


@pytest.mark.req("KH-6-1e")
def test_a_missing_last_character_is_noticed() -> None:
    assert documents.number("高市警左分偵字第11571234500").complete is False
    assert documents.number("台北市警信分刑字第1153012345號").folded.startswith("臺北市")
    assert documents.number("來文一").complete is False


@pytest.mark.req("KH-6-1f")
@pytest.mark.parametrize("element", [Element.LEGAL_BASIS, Element.PURPOSE, Element.SCOPE, Element.INTENDED_USE])
@pytest.mark.parametrize("value", [None, "", " 　"])
def test_each_of_the_four_elements_is_missed(element: Element, value: str | None) -> None:
    assert documents.missing(document(**{element.value: value})) == (element,)


@pytest.mark.req("KH-6-1b")
@pytest.mark.parametrize("duty", ["了解狀況", "瞭解情形。", " 了解 案情 ", "狀況", "確認情況", ""])
def test_wanting_to_know_is_no_duty(duty: str) -> None:
    assert documents.missing(document(duty=duty)) == (Element.DUTY,)


@pytest.mark.req("KH-6-1b")
@pytest.mark.parametrize("duty", ["偵辦某某竊盜案", "了解狀況以偵辦竊盜案", "兒少保護案件調查"])
def test_a_duty_is_a_duty(duty: str) -> None:
    assert documents.missing(document(duty=duty)) == ()
