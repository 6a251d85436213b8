"""The regulations as data: what each says, what each leaves out, and from when."""

from dataclasses import fields, is_dataclass
from datetime import date, datetime
from importlib import resources

import pytest

from infra import clock
from tenants.errors import Invalid
from tenants.periods import MAX_RETENTION_DAYS
from tenants.profiles import Clause, RuleProfile, UnknownProfile, parse, profile, profile_version
from tenants.profiles.rules import tightened_days

TODAY = date(2026, 11, 20)
KH = profile("KH_PRESCHOOL", TODAY)
TY = profile("TY_ELEMENTARY", TODAY)
KH_FILE = (resources.files("tenants.profiles") / "kh_preschool.toml").read_text(encoding="utf-8")
THIRTY_DAYS = '[[later]]\nversion = "2"\neffective_from = 2026-08-01\nretention = { min_days = 30 }\n'


def test_both_keep_two_weeks_at_least_and_a_year_at_most() -> None:
    for each in (KH, TY):
        assert (each.retention.min_days, each.retention.max_days) == (14, 365)
        assert each.retention.exceptions == ("other_law", "crime_investigation", "other_unlawful_act")


@pytest.mark.req("TY-X-1")
def test_what_the_school_plan_does_not_say_is_none_and_never_the_preschools_rule() -> None:
    assert (KH.insider.panel.required, TY.insider.panel.required) == (True, False)
    assert (len(KH.insider.grounds), TY.insider.grounds) == (6, ("personal_rights",))
    assert (KH.insider.ban_recapture, TY.insider.ban_recapture) == (True, None)
    assert KH.insider.refuse_if_past_retention_and_deleted
    assert TY.insider.refuse_if_past_retention_and_deleted is None
    assert (KH.inspection.calibration, TY.inspection.calibration) == (True, None)
    assert (KH.inspection.keep_years, TY.inspection.keep_years) == (1, None)
    assert (KH.register.form, TY.register.form) == ("KH_ANNEX2", None)
    assert KH.zones
    assert (TY.zones, TY.equipment_functions, TY.audio) == (None, None, None)


@pytest.mark.req("TY-X-1", "TY-3-3c")
def test_what_only_the_school_plan_says_is_not_given_to_preschools() -> None:
    assert (KH.inspection.interval_months, TY.inspection.interval_months) == (None, 6)
    assert (KH.agency.copy_needs_necessity, TY.agency.copy_needs_necessity) == (False, True)
    assert (KH.continuity, TY.continuity) == ("opening_hours", "always")
    assert (KH.retained_copy.dispose_when_unneeded, TY.retained_copy.dispose_when_unneeded) == ("must", "may")
    assert (KH.live_view.allowed_roles, TY.live_view.allowed_roles) == ((), ("guard",))
    assert (KH.terms.national_id, TY.terms.national_id) == ("身份證號", "身分證號")


@pytest.mark.req("TY-X-1")
def test_a_screen_cites_the_article_or_says_that_the_default_is_ours() -> None:
    assert KH.article("retention_min") == "要點第五點第三款"
    assert TY.article(Clause.RETENTION_MIN) == "計畫肆、三"
    assert TY.article("panel") == "本系統預設"
    with pytest.raises(ValueError, match="paneI"):
        KH.article("paneI")


@pytest.mark.parametrize("each", [KH, TY], ids=lambda each: each.code)
def test_every_rule_that_a_regulation_states_names_its_article(each: RuleProfile) -> None:
    silent = {clause for clause in Clause if clause not in each.articles}
    expected: set[Clause] = set()
    if each is TY:
        expected = {
            Clause.AUDIO,
            Clause.CALIBRATION,
            Clause.EQUIPMENT,
            Clause.LOCAL_POLICY,
            Clause.MAINTENANCE_RECORDS,
            Clause.PANEL,
            Clause.PANEL_MEMBERS,
            Clause.REFUSAL_WHEN_GONE,
            Clause.WINDOW_LIMIT,
            Clause.ZONES,
        }
    assert silent == expected


@pytest.mark.req("DR-10")
def test_a_new_version_takes_force_at_midnight_in_taipei() -> None:
    old, new = parse(KH_FILE + THIRTY_DAYS)
    assert (old.retention.min_days, new.retention.min_days) == (14, 30)
    assert new.retention.max_days == old.retention.max_days
    assert new.agency == old.agency
    last_second = clock.civil_day(datetime.fromisoformat("2026-07-31T15:59:59Z"))
    first_second = clock.civil_day(datetime.fromisoformat("2026-07-31T16:00:00Z"))
    assert last_second < new.effective_from <= first_second


@pytest.mark.req("DR-10")
def test_a_version_is_found_by_day_and_by_name() -> None:
    assert profile("TY_ELEMENTARY", date(2019, 6, 17)) is TY
    assert profile_version("TY_ELEMENTARY", "1") is TY
    for code, day in (("TY_ELEMENTARY", date(2019, 6, 16)), ("NOWHERE", TODAY), ("../kh_preschool", TODAY)):
        with pytest.raises(UnknownProfile):
            profile(code, day)
    with pytest.raises(UnknownProfile):
        profile_version("TY_ELEMENTARY", "99")


@pytest.mark.req("DR-10")
@pytest.mark.parametrize(
    "later",
    [
        '[[later]]\nversion = "2"\neffective_from = 2019-05-13\n',
        '[[later]]\nversion = "2"\neffective_from = 2018-08-01\n',
        '[[later]]\nversion = "1"\neffective_from = 2026-08-01\n',
        '[[later]]\nversion = "2"\neffective_from = 2026-08-01\nretentoin = { min_days = 30 }\n',
        '[[later]]\nversion = "2"\neffective_from = 2026-08-01\nretention = { min_dayz = 30 }\n',
    ],
    ids=["same day", "earlier", "same name", "misspelt table", "misspelt parameter"],
)
def test_versions_that_overlap_or_are_misspelt_are_refused(later: str) -> None:
    with pytest.raises(ValueError, match=r"must begin after|Extra inputs|[Uu]nexpected"):
        parse(KH_FILE + later)


def test_a_profile_cannot_be_changed() -> None:
    def check(value: object) -> None:
        for each in fields(value):  # type: ignore[arg-type]
            with pytest.raises(AttributeError):
                setattr(value, each.name, None)
            if is_dataclass(getattr(value, each.name)):
                check(getattr(value, each.name))

    check(KH)


@pytest.mark.req("KH-2-1")
@pytest.mark.parametrize(
    ("typed", "days"), [("30", 30), ("14", 14), ("１４", 14), (" 60 ", 60), ("", None), (" ", None), ("346", 346)]
)
def test_an_institution_may_keep_footage_longer(typed: str, days: int | None) -> None:
    assert tightened_days(typed, KH) == days


@pytest.mark.req("KH-2-1")
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("10", "保存天數不得少於14日"),
        ("13", "保存天數不得少於14日"),
        ("0", "保存天數不得少於14日"),
        ("400", "一年內銷毀"),
        ("365", "一年內銷毀"),
        (str(MAX_RETENTION_DAYS + 1), "一年內銷毀"),
        ("14.5", "整數"),
        ("-1", "整數"),
        ("十四", "整數"),
        ("²", "不得少於14日"),
    ],
)
def test_an_institution_may_not_loosen_the_period(typed: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence) as refusal:
        tightened_days(typed, KH)
    assert refusal.value.field == "retention_days"


@pytest.mark.parametrize("each", [KH, TY], ids=["KH", "TY"])
def test_every_quoted_article_is_one_that_is_cited(each: RuleProfile) -> None:
    assert set(each.texts) <= set(each.articles.values())
    assert each.text(Clause.CONSENT).endswith("同意後函覆。")


def test_a_clause_that_the_text_does_not_have_has_no_words() -> None:
    assert TY.text(Clause.PANEL) == ""


@pytest.mark.req("DR-28")
def test_a_lawyer_changes_what_is_said_about_objecting_in_the_file_alone() -> None:
    for each in (KH, TY):
        assert "訴願法第十四條、第五十八條" in each.remedies.personal_data("public")
        assert "\n" not in each.remedies.personal_data("public")
        assert "訴願" not in each.remedies.personal_data("private"), "no administrative act, no appeal"
    other = KH_FILE.replace("規定未另定聲明不服的程序", "得於三十日內聲明異議")
    assert parse(other)[0].remedies.agency.startswith("得於三十日內聲明異議")
