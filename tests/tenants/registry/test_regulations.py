"""The bureau enters a later version of a regulation: longer, in order, from a day that is still open (DR-10)."""

import ast
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants import periods
from tenants.actor import Actor, ActorKind
from tenants.audit import queries as audit
from tenants.errors import Invalid, NotAllowed, NotFound
from tenants.permissions import Role
from tenants.profiles import UnknownProfile
from tenants.registry import classes, queries, regulations
from tenants.registry.models import RuleSchedule
from tests.architecture.source import modules
from tests.factories import people
from tests.factories.registry import institution

OFFICER = Actor(kind=ActorKind.PERSON, id=uuid4(), name="趙承辦", roles=frozenset({Role.BUREAU_OFFICER}))
OPERATOR = Actor(kind=ActorKind.PERSON, id=uuid4(), name="周工程師", roles=frozenset({Role.OPERATOR}))
TODAY = clock.today()
OPEN = periods.changeable_from(TODAY)

pytestmark = pytest.mark.req("DR-10")


@pytest.fixture(autouse=True)
def bureau(domain: Flask) -> UUID:
    assert domain
    tenant_id = people.bureau()
    bind(db.session, Binding(tenant_id=tenant_id))
    return tenant_id


def enter(
    days: str = "30",
    begins: date = OPEN,
    *,
    version: str = "116",
    code: str = "KH_PRESCHOOL",
    replaces: UUID | None = None,
    actor: Actor = OFFICER,
    **told: str,
) -> RuleSchedule:
    made = regulations.schedule_version(
        code=code,
        version=version,
        effective_from=begins,
        min_days=days,
        document=told.get("document", "高市教幼字第1160001號"),
        words=told.get("words", "監錄資料應保存至少30日以上。"),
        replaces=replaces,
        actor=actor,
    )
    db.session.commit()
    return made


@pytest.mark.req("KH-5-3c")
def test_every_preschool_keeps_longer_from_the_versions_day_on_and_no_school(bureau: UUID) -> None:
    enter()
    k1, e1 = institution("K1"), institution("E1", kind="elementary_school", name="向陽國小", profile="TY_ELEMENTARY")
    for of, then in ((k1, 30), (e1, 14)):
        bind(db.session, Binding(tenant_id=of.tenant_id))
        site = queries.site(tenant_id=of.tenant_id, site_id=of.site_id)
        assert classes.class_of(site=site, day=OPEN - timedelta(days=1)) == 14
        assert classes.class_of(site=site, day=OPEN) == then
    assert regulations.profile("KH_PRESCHOOL", OPEN).citation == "KH_PRESCHOOL 116"
    assert regulations.profile("KH_PRESCHOOL", OPEN - timedelta(days=1)).citation == "KH_PRESCHOOL 1"
    assert regulations.profile_version("KH_PRESCHOOL", "116").retention.min_days == 30, "a case keeps its version"
    with pytest.raises(UnknownProfile):
        regulations.profile_version("TY_ELEMENTARY", "116")
    bind(db.session, Binding(tenant_id=bureau))
    (event,) = [each for each in audit.latest(tenant_id=bureau) if each.event == "regulation:scheduled"]
    assert (event.fields["min_days"], event.fields["document"]) == (30, "高市教幼字第1160001號")


@pytest.mark.parametrize(
    ("days", "sentence"),
    [("13", "不得少於現行的14日（要點第五點第三款）"), ("347", "一年內銷毀"), ("三十", "填整數")],
)
def test_a_floor_below_todays_or_past_the_year_is_refused(days: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence) as refused:
        enter(days)
    assert refused.value.field == "min_days"


def test_a_version_shortens_none_that_was_entered_before() -> None:
    enter("45")
    with pytest.raises(Invalid, match="不得少於已排定的45日"):
        enter("30", OPEN + timedelta(days=1), version="117")


def test_a_day_that_is_past_or_whose_keys_are_out_is_refused() -> None:
    with pytest.raises(Invalid, match="不得溯及既往"):
        enter(begins=TODAY - timedelta(days=1))
    with pytest.raises(Invalid, match="錄影金鑰已核發"):
        enter(begins=OPEN - timedelta(days=1))


def test_versions_on_one_day_out_of_order_or_of_one_name_are_refused() -> None:
    enter(begins=OPEN + timedelta(days=5))
    with pytest.raises(Invalid, match="同一天不能有兩個版本"):
        enter("40", OPEN + timedelta(days=5), version="117")
    with pytest.raises(Invalid, match="依生效日順序登記"):
        enter("40", OPEN, version="117")
    with pytest.raises(Invalid, match="已使用過"):
        enter("40", OPEN + timedelta(days=6))
    with pytest.raises(Invalid, match="已使用過"):
        enter("40", OPEN + timedelta(days=6), version="1")


@pytest.mark.parametrize(("part", "typed"), [("document", " "), ("words", "")])
def test_a_version_names_the_document_that_issued_it_and_its_words(part: str, typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        enter(**{part: typed})
    assert refused.value.field == part
    with pytest.raises(Invalid, match="請從清單中選取規定"):
        enter(code="NONE")


def test_a_version_is_taken_back_or_replaced_before_it_begins(bureau: UUID) -> None:
    first = enter("30")
    second = enter("45", OPEN, replaces=first.id)
    assert first.withdrawn_at is not None
    assert regulations.profile("KH_PRESCHOOL", OPEN).retention.min_days == 45
    regulations.withdraw_version(schedule_id=second.id, actor=OFFICER)
    db.session.commit()
    assert regulations.profile("KH_PRESCHOOL", OPEN).retention.min_days == 14
    events = [each.event for each in audit.latest(tenant_id=bureau)]
    assert events.count("regulation:withdrawn") == 2
    with pytest.raises(NotFound):
        enter(code="TY_ELEMENTARY", replaces=first.id)


def test_a_version_whose_keys_may_be_out_stays() -> None:
    made = enter()
    made.effective_from = OPEN - timedelta(days=1)
    db.session.commit()
    with pytest.raises(Invalid, match="不能撤回"):
        regulations.withdraw_version(schedule_id=made.id, actor=OFFICER)


@pytest.mark.req("DR-09")
def test_nobody_but_the_bureaus_officer_enters_a_version() -> None:
    with pytest.raises(NotAllowed):
        enter(actor=OPERATOR)
    made = enter()
    with pytest.raises(NotAllowed):
        regulations.withdraw_version(schedule_id=made.id, actor=OPERATOR)


@pytest.mark.req("DR-08")
def test_every_institution_reads_a_version_and_none_can_write_one() -> None:
    enter()
    k1 = institution("K1")
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    assert len(regulations.living()) == 1
    done = db.session.execute(text("update rule_schedules set min_days = 14"))
    assert done.rowcount == 0  # type: ignore[attr-defined]
    columns = "id, code, effective_from, min_days, document, words"
    planted = f"insert into rule_schedules ({columns}, version) select gen_random_uuid(), code, effective_from + 1, 14, document, words, '2' from rule_schedules"  # noqa: E501, S608 - a text of this file
    with pytest.raises(ProgrammingError, match="row-level security"):
        db.session.execute(text(planted))
    db.session.rollback()


def test_everybody_asks_for_a_regulation_where_the_bureaus_versions_are_known() -> None:
    """`tenants.profiles` knows only what was shipped; whoever asks there would miss what was entered since."""
    asking = [name for name, imported in _imports("tenants", "webapp", "workers") if imported & _SHIPPED_ONLY]
    assert sorted(set(asking)) == ["tenants.profiles", "tenants.registry.regulations"]


_SHIPPED_ONLY = {"tenants.profiles.profile", "tenants.profiles.profile_version", "tenants.profiles.versions"} | {
    f"tenants.profiles.loading.{name}" for name in ("profile", "profile_version", "versions")
}


def _imports(*packages: str) -> Iterator[tuple[str, set[str]]]:
    for module in modules(*packages):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                yield module.name, {f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "profiles":
                yield module.name, {f"tenants.profiles.{node.attr}"}
