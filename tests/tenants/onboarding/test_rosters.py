"""Many institutions by a table: a dry run that writes nothing, and a confirmation of exactly what it showed."""

from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bound
from tenants.actor import Actor, system
from tenants.errors import Invalid, NotAllowed
from tenants.onboarding import actions
from tenants.onboarding import columns as c
from tenants.onboarding.comparing import Verdict
from tenants.onboarding.models import RosterState
from tenants.people import actions as accounts
from tenants.people.invitations.models import AccountInvitation
from tenants.permissions import Role
from tenants.registry import queries as registry
from tenants.registry import renaming
from tenants.registry.name_rules import Naming
from tenants.roc_dates import short_date
from tests.factories import people as make
from tests.factories.registry import Institution, closed
from tests.tenants.onboarding.conftest import OLD, Outside, carried_out, faults, fresh, keep, look, staff, verdicts

pytestmark = pytest.mark.req("DR-08", "DR-33")


def test_three_hundred_faults_are_told_at_once_and_nothing_is_kept(operator: Actor, outside: Outside) -> None:
    before = outside.everything()
    rows = [fresh(number, **{c.KIND: "大學", c.OWNERSHIP: "財團"}) for number in range(149)]
    looked = look(operator, *rows, fresh(900, **{c.EMAIL: "nobody"}), fresh(901, **{c.PHONE: "12"}))
    db.session.rollback()
    assert len(looked.faults) == 300
    assert all(each.line and each.column and each.message.endswith("。") for each in looked.faults)
    assert outside.everything() == before


def test_the_dry_run_writes_nothing(operator: Actor, outside: Outside) -> None:
    before = outside.everything()
    looked = look(operator, OLD, fresh(1))
    db.session.commit()
    assert verdicts(looked) == [Verdict.LEAVE, Verdict.MAKE]
    assert looked.outcomes[1].words[0] == "開通機構，場所 N1「監錄系統實施要點（高雄市政府教育局）」"
    assert outside.everything() == before


def test_a_confirmed_roster_opens_institutions_with_sites_and_heads_who_are_invited(operator: Actor) -> None:
    second = {c.OTHER_CODE: "N2K", c.OTHER_NAME: "附設幼兒園", c.OTHER_RULE: "KH_PRESCHOOL"}
    school = fresh(2, **{c.KIND: "國民小學", c.OWNERSHIP: "公立", c.SITE_RULE: "TY_ELEMENTARY", **second})
    done = carried_out(operator, fresh(1), school)
    assert (done.state, done.content) == (RosterState.DONE, "")
    made = registry.tenant_by_code(code="N2")
    assert made is not None
    assert staff(made.id) == [("n2-head", Role.HEAD)]
    with bound(db.session, Binding(tenant_id=made.id)):
        assert [site.code for site in registry.sites(tenant_id=made.id)] == ["N2", "N2K"]
        (invited,) = db.session.scalars(db.select(AccountInvitation))
        assert (invited.occasion, invited.sent_at) == ("opened", None)


def test_nobody_can_sign_in_before_the_head_has_set_a_password(operator: Actor) -> None:
    carried_out(operator, fresh(1))
    for guess in ("", "n1-head", "nobody has this password, and nobody ever will"):
        assert accounts.sign_in(login="n1-head", password=guess, actor=system("test")) is None


def test_the_same_roster_again_makes_nothing_twice(operator: Actor) -> None:
    carried_out(operator, fresh(1))
    again = keep(operator, fresh(1), {**OLD})
    assert verdicts(again) == [Verdict.LEAVE, Verdict.LEAVE]
    with pytest.raises(Invalid, match="沒有要開通"):
        actions.confirm(actor=operator, tenant_id=again.tenant_id, roster_id=again.id, sha256=again.sha256)


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({c.CODE: ""}, c.CODE),
        ({c.CODE: "代碼"}, c.CODE),
        ({c.NAME: ""}, c.NAME),
        ({c.NAME: "園" * 101}, c.NAME),
        ({c.KIND: "高中"}, c.KIND),
        ({c.KIND: "教育局"}, c.KIND),
        ({c.CODE: "BUREAU"}, c.CODE),
        ({c.DISTRICT: "火星區"}, c.DISTRICT),
        ({c.SITE_RULE: "XX"}, c.SITE_RULE),
        ({c.OTHER_NAME: "分館"}, c.OTHER_CODE),
        ({c.OTHER_CODE: "N1", c.OTHER_RULE: "KH_PRESCHOOL"}, c.OTHER_CODE),
        ({c.LOGIN: "", c.HEAD: "", c.EMAIL: "", c.TITLE: ""}, c.LOGIN),
        ({c.LOGIN: ""}, c.LOGIN),
        ({c.EMAIL: "x"}, c.EMAIL),
        ({c.PHONE: "12"}, c.PHONE),
        ({c.BEGINS: "2026/01/01"}, c.BEGINS),
        ({c.DOCUMENT: "府1"}, c.DOCUMENT),
        ({c.LOGIN: "operator", c.HEAD: "周工程師"}, c.LOGIN),
        ({c.LOGIN: "operator", c.HEAD: "別人"}, c.LOGIN),
    ],
)
def test_each_fault_is_told_by_line_and_column(operator: Actor, changes: dict[str, str], column: str) -> None:
    assert (2, column) in faults(look(operator, fresh(1, **changes)))


def test_a_regulation_is_named_by_its_code_or_by_its_name_and_a_word_that_is_neither_is_told_which_are(
    operator: Actor,
) -> None:
    assert verdicts(look(operator, fresh(1, **{c.SITE_RULE: "監錄系統實施要點（高雄市政府教育局）"}))) == [Verdict.MAKE]
    (told,) = look(operator, fresh(1, **{c.OWNERSHIP: "財團"})).faults
    assert told.message == "「財團」不是可用的值。請填公立或私立。"


def test_a_code_twice_in_the_file_is_told_however_it_is_written(operator: Actor) -> None:
    looked = look(operator, fresh(1), fresh(2, **{c.CODE: "ｎ1"}))
    assert (3, c.CODE) in faults(looked)
    assert "第 2 列" in looked.faults[0].message


def test_who_heads_two_new_institutions_is_invited_once_and_the_dry_run_says_so(operator: Actor) -> None:
    same = {c.LOGIN: "n1-head", c.EMAIL: "n1@x.example"}
    done = carried_out(operator, fresh(1), fresh(2, **same))
    assert [each["words"][1] for each in done.outcomes] == ["建立首長帳號並寄送設定密碼的信", "沿用既有帳號"]
    assert done.state == RosterState.DONE
    for code, invitations in (("N1", 1), ("N2", 0)):
        made = registry.tenant_by_code(code=code)
        assert made is not None
        assert staff(made.id) == [("n1-head", Role.HEAD)]
        with bound(db.session, Binding(tenant_id=made.id)):
            assert len(list(db.session.scalars(db.select(AccountInvitation)))) == invitations


def test_one_account_for_two_people_is_told(operator: Actor) -> None:
    assert (3, c.LOGIN) in faults(look(operator, fresh(1), fresh(2, **{c.LOGIN: "n1-head"})))


def test_a_closed_institution_stays_closed(operator: Actor, k1: Institution) -> None:
    with bound(db.session, Binding(tenant_id=k1.tenant_id)):
        closed(k1)
    looked = look(operator, OLD)
    assert faults(looked) == {(2, c.CODE)}
    assert "已停辦" in looked.faults[0].message


def test_what_decides_the_law_is_not_changed_by_a_roster(operator: Actor) -> None:
    wrong = {c.KIND: "國民小學", c.OWNERSHIP: "公立", c.AUTHORITY: "教育部", c.SITE_RULE: "TY_ELEMENTARY"}
    expected = {(2, column) for column in wrong}
    assert faults(look(operator, {**OLD, **wrong})) == expected


def test_another_name_and_district_ask_for_day_and_document_and_are_entered_as_anywhere(
    operator: Actor, k1: Institution
) -> None:
    moved = {**OLD, c.NAME: "曙光幼兒園", c.DISTRICT: "新左區"}
    assert faults(look(operator, moved, new=("新左區",))) == {(2, c.BEGINS), (2, c.DOCUMENT)}
    whole = {**moved, c.BEGINS: short_date(clock.today()), c.DOCUMENT: "府教1", c.PHONE: "07-555-0101"}
    done = carried_out(operator, whole, new=("新左區",))
    assert verdicts(done) == [Verdict.CHANGE]
    found = registry.tenant(tenant_id=k1.tenant_id)
    assert (found.name, found.district, found.phone) == ("曙光幼兒園", "新左區", "07-555-0101")
    assert "已改稱「新左區」" in look(operator, {**whole, c.DISTRICT: "左營區"}).faults[0].message


def test_a_change_that_waits_already_is_left(operator: Actor, k1: Institution) -> None:
    to = Naming(name="晨光幼兒園", short_name="晨光幼兒園", district="新左區")
    renaming.rename(
        tenant_id=k1.tenant_id, to=to, effective_from=clock.today() + timedelta(days=9), document="府1", actor=operator
    )
    db.session.commit()
    assert verdicts(keep(operator, {**OLD, c.DISTRICT: "新左區"})) == [Verdict.LEAVE]


def test_heads_are_handed_over_by_the_institution_itself(operator: Actor, k1: Institution) -> None:
    head = {c.LOGIN: "k1-first", c.HEAD: "王園長", c.EMAIL: "k1@x.example"}
    carried_out(operator, {**OLD, **head})
    assert staff(k1.tenant_id) == [("k1-first", Role.HEAD)]
    assert verdicts(keep(operator, {**OLD, **head})) == [Verdict.LEAVE]
    assert faults(look(operator, {**OLD, **head, c.LOGIN: "another"})) == {(2, c.LOGIN)}


def test_only_an_operator_looks_one_through(k1: Institution) -> None:
    with pytest.raises(NotAllowed):
        look(make.acting(make.head(k1.tenant_id), Role.HEAD), OLD)


def test_a_table_without_lines_is_none(operator: Actor) -> None:
    with pytest.raises(Invalid, match="沒有機構"):
        look(operator)
