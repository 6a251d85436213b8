"""An auditor's certificates of every institution: sampled by a seed that anybody can repeat, proven, no picture."""

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.audit.actions import record
from tenants.audit.events import Event
from tenants.retention.models import Destruction
from tenants.roc_dates import short_date
from tests.factories import ledger, people, retention
from tests.factories.registry import Institution, institution
from tests.webapp.conftest import WebClient
from webapp.bureau.presenters import regulations_in_words

LIST = "/bureau/certificates"


@dataclass(frozen=True)
class City:
    """K1 and E1 with six certificates each; `numbers` by institution, and one destruction of K1."""

    k1: Institution
    e1: Institution
    numbers: dict[str, list[str]]
    made: UUID


@pytest.fixture
def city(domain: Flask) -> City:
    assert domain
    people.auditor()
    people.bureau_officer()
    k1, e1 = institution("K1"), institution("E1", kind="elementary_school", name="向陽國小", profile="TY_ELEMENTARY")
    numbers: dict[str, list[str]] = {}
    made: list[UUID] = []
    for of, name in ((e1, "E1"), (k1, "K1")):
        bind(db.session, Binding(tenant_id=of.tenant_id))
        made = [retention.destruction(of, day=clock.today() - timedelta(days=15 + n)) for n in range(6)]
        numbers[name] = [str(db.session.get_one(Destruction, each).certificate_no) for each in made]
    return City(k1, e1, numbers, made[0])


def shown(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="[^"]+">(銷毀-[^<]+)</a>', page)


@pytest.mark.req("KH-5-4a", "DR-09")
def test_an_auditor_sees_the_certificates_of_every_institution_and_of_one(web_client: WebClient, city: City) -> None:
    auditor = web_client.sign_in("auditor")
    everything = auditor.get(LIST).text
    assert set(shown(everything)) == {*city.numbers["K1"], *city.numbers["E1"]}
    assert shown(auditor.get(f"{LIST}?institution={city.k1.tenant_id}").text) == city.numbers["K1"]
    day = short_date(clock.today() - timedelta(days=16))
    one_day = auditor.get(f"{LIST}?first={day}&last={day}").text
    assert set(shown(one_day)) == {city.numbers["K1"][1], city.numbers["E1"][1]}
    assert auditor.get(f"{LIST}?first=abc&institution=nobody&count=x&seed=1").status_code == 200
    assert auditor.get(f"{LIST}?page=99999999999999999999").status_code == 200
    assert "/schools/" not in everything
    assert "/media/" not in everything


@pytest.mark.req("KH-5-4a")
def test_the_same_seed_and_certificates_give_the_same_sample_and_anybody_can_draw_it(
    web_client: WebClient, city: City
) -> None:
    auditor = web_client.sign_in("auditor")
    drawn = shown(auditor.get(f"{LIST}?seed=115-11-22&count=4").text)
    everything = [*city.numbers["K1"], *city.numbers["E1"]]
    assert drawn == sorted(everything, key=lambda each: hashlib.sha256(f"115-11-22\n{each}".encode()).hexdigest())[:4]
    assert shown(auditor.get(f"{LIST}?seed=115-11-22&count=4").text) == drawn
    others = {tuple(shown(auditor.get(f"{LIST}?seed={seed}&count=4").text)) for seed in range(5)}
    assert len(others) > 1


@pytest.mark.req("KH-5-4a", "DR-06", "DR-09")
def test_an_auditor_gets_the_proof_without_learning_who_acted(web_client: WebClient, city: City) -> None:
    auditor, address = web_client.sign_in("auditor"), f"{LIST}/{city.k1.tenant_id}/{city.made}"
    assert "稽核證明" not in auditor.get(address).text
    assert auditor.get(f"{address}/proof").status_code == 404
    bind(db.session, Binding(tenant_id=city.k1.tenant_id))
    event = Event.DESTRUCTION_CERTIFIED
    said = dict.fromkeys(event.fields, "x")
    record(event, tenant_id=city.k1.tenant_id, actor=system("certify"), subject_id=city.made, **said)
    head = ledger.anchored(city.k1)
    root = head.root
    page = auditor.get(address).text
    assert root in page
    assert "要點第五點第四款" in page
    proof = auditor.get(f"{address}/proof").get_json()
    assert proof["root"] == root
    assert "event" not in proof


def test_nobody_else_audits_and_a_certificate_is_found_at_its_own_institution_only(
    web_client: WebClient, city: City
) -> None:
    auditor = web_client.sign_in("auditor")
    assert auditor.get(f"{LIST}/{city.e1.tenant_id}/{city.made}").status_code == 404
    assert auditor.get(f"{LIST}/{city.e1.tenant_id}/{city.made}/proof").status_code == 404
    officer = web_client.application.test_client()
    assert isinstance(officer, WebClient)
    officer.sign_in("bureau")
    for address in (LIST, f"{LIST}/{city.k1.tenant_id}/{city.made}", f"{LIST}/{city.k1.tenant_id}/{city.made}/proof"):
        assert officer.get(address).status_code == 403


@pytest.mark.parametrize(
    ("names", "rule", "words"),
    [
        (["要點"], "KH_PRESCHOOL 1", "要點（第 1 版）"),
        (["要點", "計畫"], "KH_PRESCHOOL 1、TY_ELEMENTARY 2", "要點（第 1 版）、計畫（第 2 版）"),
        (["要點"], "", "要點（版本未載）"),
        ([], "", "未載（版本未載）"),
    ],
)
def test_each_regulation_of_a_certificate_has_its_own_version(names: list[str], rule: str, words: str) -> None:
    assert regulations_in_words(names, rule) == words
