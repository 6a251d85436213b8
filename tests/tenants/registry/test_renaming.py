"""更名: from its day on, by a document; the code stays, and what is old keeps the old name (DR-33)."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind, system
from tenants.audit import queries as audit
from tenants.disclosures.official import queries as official
from tenants.disclosures.official.models import OfficialRequest
from tenants.errors import Invalid, NotAllowed, NotFound
from tenants.permissions import Role
from tenants.registry import names, queries, renaming
from tenants.registry.models import InstitutionName
from tenants.registry.name_rules import Naming
from tests.factories import disclosures as cases
from tests.factories import people
from tests.factories.registry import Institution, institution

pytestmark = pytest.mark.req("DR-33")

OPERATOR = Actor(kind=ActorKind.PERSON, id=uuid4(), name="周工程師", roles=frozenset({Role.OPERATOR}))
TODAY = clock.today()
TOMORROW = TODAY + timedelta(days=1)
NEW = Naming(name="守園市私立曙光幼兒園", short_name="曙光幼兒園", district="左營區")


@pytest.fixture
def school(domain: Flask) -> Iterator[Institution]:
    """K1, called 晨光幼兒園, with the session bound to the bureau as the operator's is."""
    assert domain
    made = institution("K1")
    bind(db.session, Binding(tenant_id=people.bureau()))
    yield made
    db.session.rollback()


def rename(
    of: Institution, begins: date = TODAY, *, to: Naming = NEW, document: str = "府教幼字第1150000001號"
) -> InstitutionName:
    made = renaming.rename(tenant_id=of.tenant_id, to=to, effective_from=begins, document=document, actor=OPERATOR)
    db.session.commit()
    return made


def test_a_name_of_today_counts_at_once_and_both_chains_say_who_by_which_document(school: Institution) -> None:
    rename(school)
    tenant = queries.tenant(tenant_id=school.tenant_id)
    assert (tenant.name, tenant.short_name, tenant.code) == (NEW.name, NEW.short_name, "K1")
    for chain_of in (school.tenant_id, people.bureau()):
        bind(db.session, Binding(tenant_id=chain_of))
        told = [event for event in audit.latest(tenant_id=chain_of) if event.event == "tenant:renamed"]
        assert [(event.actor_name, event.fields["document"]) for event in told] == [
            ("周工程師", "府教幼字第1150000001號")
        ]


def test_a_name_of_another_day_waits_for_it_and_begins_once(school: Institution) -> None:
    rename(school, TOMORROW)
    assert queries.tenant(tenant_id=school.tenant_id).name == "晨光幼兒園"
    bind(db.session, Binding(tenant_id=school.tenant_id))
    began = [
        renaming.begin_names(tenant_id=school.tenant_id, today=day, actor=system("test"))
        for day in (TODAY, TOMORROW, TOMORROW)
    ]
    assert began == [0, 1, 0]
    assert queries.tenant(tenant_id=school.tenant_id).name == NEW.name


def test_each_day_has_the_name_of_then_also_one_that_was_entered_late(school: Institution) -> None:
    rename(school, TODAY - timedelta(days=20))
    rename(school, to=Naming(name="曙光二園", short_name="", district="左營區"))
    days = [TODAY - timedelta(days=21), TODAY - timedelta(days=20), TODAY - timedelta(days=1), TODAY]
    assert [names.name_on(tenant_id=school.tenant_id, day=day) for day in days] == [
        "晨光幼兒園",
        NEW.name,
        NEW.name,
        "曙光二園",
    ]


def test_an_old_case_keeps_the_old_name_in_every_list(school: Institution) -> None:
    agency, officer = people.agency(), people.person()
    bind(db.session, Binding(tenant_id=school.tenant_id, agency_id=agency))
    old = cases.case(school, agency_id=agency, filed_by=officer)
    filed = db.session.get_one(OfficialRequest, old.disclosure_id)
    filed.filed_at = clock.now() - timedelta(days=3)
    db.session.commit()
    rename(school)
    bind(db.session, Binding(tenant_id=school.tenant_id, agency_id=agency))
    assert official.agency_cases(agency_id=agency)[0].institution == "晨光幼兒園"
    found = official.case(tenant_id=school.tenant_id, disclosure_id=old.disclosure_id)
    assert (found.institution, found.reference.split()[0]) == ("晨光幼兒園", "K1")
    filed.filed_at = clock.now()
    db.session.commit()
    assert official.agency_cases(agency_id=agency)[0].institution == NEW.name


def test_a_change_is_withdrawn_before_its_day_and_never_after(school: Institution) -> None:
    ahead = rename(school, TOMORROW)
    renaming.withdraw(tenant_id=school.tenant_id, name_id=ahead.id, actor=OPERATOR)
    bind(db.session, Binding(tenant_id=school.tenant_id))
    assert renaming.begin_names(tenant_id=school.tenant_id, today=TOMORROW, actor=system("test")) == 0
    begun = rename(school)
    with pytest.raises(Invalid, match="已生效，不能撤回"):
        renaming.withdraw(tenant_id=school.tenant_id, name_id=begun.id, actor=OPERATOR)
    with pytest.raises(NotFound):
        renaming.withdraw(tenant_id=school.tenant_id, name_id=uuid4(), actor=OPERATOR)


NO_RENAMING = [
    (TODAY, Naming(name=" ", short_name="", district="左營區"), "府1", "請填寫新的機構名稱"),
    (TODAY, Naming(name="晨光幼兒園", short_name="", district=" "), "府1", "請填寫行政區"),
    (TODAY, Naming(name="晨光幼兒園", short_name="晨光幼兒園", district="左營區"), "府1", "沒有可以變更的內容"),
    (TODAY, NEW, " ", "核定公文的文號"),
    (TODAY - timedelta(days=61), NEW, "府1", "最早可補登到"),
    (TODAY + timedelta(days=367), NEW, "府1", "不可晚於一年後"),
]


def test_what_is_no_renaming_is_refused_and_changes_nothing(school: Institution) -> None:
    for begins, to, document, sentence in NO_RENAMING:
        with pytest.raises(Invalid, match=sentence):
            rename(school, begins, to=to, document=document)
    assert queries.tenant(tenant_id=school.tenant_id).name == "晨光幼兒園"
    assert db.session.scalar(select(func.count()).select_from(InstitutionName)) == 0


def test_changes_come_in_order_and_one_waits_at_a_time(school: Institution) -> None:
    rename(school)
    with pytest.raises(Invalid, match="生效日應在其後"):
        rename(school, TODAY - timedelta(days=1), to=Naming(name="甲", short_name="", district="左營區"))
    rename(school, TOMORROW, to=Naming(name="甲", short_name="", district="左營區"))
    with pytest.raises(Invalid, match="尚未生效。請先撤回"):
        rename(school, TOMORROW + timedelta(days=1), to=Naming(name="乙", short_name="", district="左營區"))


def test_a_district_is_renamed_for_every_institution_or_for_none(school: Institution) -> None:
    other = institution("K2", name="月光幼兒園")
    count = renaming.rename_district(
        district="左營區", to="向陽區", effective_from=TODAY, document="府民字第1號", actor=OPERATOR
    )
    db.session.commit()
    assert (count, {each.district for each in queries.directory()}) == (2, {"向陽區"})
    rename(other, TOMORROW, to=Naming(name="月亮幼兒園", short_name="", district="向陽區"))
    with pytest.raises(Invalid, match="月光幼兒園：已有自"):
        renaming.rename_district(
            district="向陽區", to="朝陽區", effective_from=TOMORROW, document="府民字第2號", actor=OPERATOR
        )
    assert {each.district for each in queries.directory()} == {"向陽區"}
    assert [each.effective_from for each in names.changes(tenant_id=school.tenant_id)] == [TODAY]
    with pytest.raises(Invalid, match="沒有機構"):
        renaming.rename_district(district="無", to="甲", effective_from=TODAY, document="府1", actor=OPERATOR)


def test_a_school_names_itself_not_and_the_bureau_is_not_renamed_here(school: Institution) -> None:
    head = Actor(kind=ActorKind.PERSON, id=uuid4(), name="園長", roles=frozenset({Role.HEAD}))
    with pytest.raises(NotAllowed):
        renaming.rename(tenant_id=school.tenant_id, to=NEW, effective_from=TODAY, document="府1", actor=head)
    with pytest.raises(NotFound):
        renaming.rename(tenant_id=people.bureau(), to=NEW, effective_from=TODAY, document="府1", actor=OPERATOR)
