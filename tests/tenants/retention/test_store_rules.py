"""What a bucket's expiry rules may be (DR-03)."""

from dataclasses import replace

import pytest

from infra.lifecycle import ExpiryRule
from tenants import periods
from tenants.retention.store_rules import faults, foreign, wanted

pytestmark = pytest.mark.req("DR-03")

D14 = wanted([14])[0]
# The same, put there by somebody else.
THEIRS = replace(D14, id="backup-policy")


def found(*rules: ExpiryRule, classes: tuple[int, ...] = (14,), versioned: bool = False, lock: str = "") -> str:
    return "\n".join(faults(rules, classes, versioned=versioned, default_lock=lock))


def test_one_rule_for_each_class_in_use_is_right() -> None:
    rules = wanted([30, 14, 14, periods.MAX_RETENTION_DAYS])
    assert [(rule.prefix, rule.days) for rule in rules] == [
        ("seg/d14/", 22),
        ("seg/d30/", 38),
        ("seg/d346/", 347),
        ("seg/", None),
    ]
    assert found(*rules, classes=(14, 30, 346), versioned=True) == ""


@pytest.mark.parametrize("days", [1, 13, 14])
def test_a_rule_that_is_earlier_than_the_law_is_refused_with_the_reason(days: int) -> None:
    assert "未滿 14 日" in found(replace(D14, days=days))
    assert "未滿 14 日" in found(replace(D14, days=days), classes=())  # the prefix names its class, in use or not


def test_the_first_lawful_number_of_days_passes() -> None:
    assert found(replace(THEIRS, days=15)) == ""


def test_a_rule_over_a_whole_folder_is_judged_by_every_class_under_it() -> None:
    everything = ExpiryRule(id="old", prefix="seg/", days=20, noncurrent_days=1, abort_days=1)
    assert found(everything, classes=(14,)) == ""
    assert "未滿 30 日" in found(everything, classes=(14, 30))


def test_a_rule_past_the_year_is_refused() -> None:
    assert "超過一年" in found(replace(D14, days=360))


@pytest.mark.parametrize(
    ("prefix", "meaning"),
    [
        ("evidence/", "保全"),
        ("evidence/0b2d/holds/", "保全"),
        ("ledger/", "錨定"),
        ("keys/", "金鑰"),
        ("keys/0b2d/days/2026-11-05/d14/", "金鑰"),
        ("letters/", "公文"),
        ("", "保全"),
        ("e", "保全"),
    ],
)
def test_a_rule_that_reaches_what_is_held_is_refused(prefix: str, meaning: str) -> None:
    assert meaning in found(D14, ExpiryRule(id="tidy", prefix=prefix, days=90))
    assert meaning in found(D14, ExpiryRule(id="tidy", prefix=prefix, days=None, noncurrent_days=5))


def test_a_rule_that_only_gives_up_unfinished_uploads_may_cover_everything() -> None:
    assert found(D14, ExpiryRule(id="uploads", prefix="", days=None, abort_days=2)) == ""


def test_a_class_without_a_rule_is_found() -> None:
    assert "seg/d30/ 沒有到期規則" in found(D14, classes=(14, 30))
    assert "seg/d14/ 沒有到期規則" in found(replace(D14, enabled=False))
    assert "seg/d14/ 沒有到期規則" in found()


def test_a_rule_that_is_switched_off_breaks_nothing() -> None:
    assert found(D14, ExpiryRule(id="off", prefix="evidence/", days=1, enabled=False)) == ""


def test_versions_that_nobody_removes_are_found() -> None:
    kept = replace(THEIRS, noncurrent_days=None)
    assert found(kept) == ""
    assert "舊版本" in found(kept, versioned=True)
    assert "舊版本" in found(replace(THEIRS, noncurrent_days=400), versioned=True), "they would outlive the year"


@pytest.mark.req("DR-05")
def test_unfinished_uploads_that_nobody_clears_are_found() -> None:
    assert "未完成的分段上傳" in found(replace(THEIRS, abort_days=None))
    assert "未完成的分段上傳" in found(replace(THEIRS, abort_days=400))
    assert found(replace(THEIRS, abort_days=None), ExpiryRule(id="up", prefix="", days=None, abort_days=7)) == ""


@pytest.mark.parametrize(
    "changed",
    [
        replace(D14, days=200),
        replace(D14, enabled=False),
        replace(D14, prefix="seg/d14/a"),
        replace(D14, noncurrent_days=30),
        replace(D14, unknown=("Transitions",)),
    ],
)
def test_a_rule_of_ours_that_was_edited_by_hand_is_named(changed: ExpiryRule) -> None:
    assert "規則 shouyuan-d14 已被改動" in found(changed)
    assert "已被改動" not in found(changed, classes=(30,)), "of a class that nobody uses nothing is asked"


def test_a_rule_that_a_filter_narrows_covers_no_class() -> None:
    assert "seg/d14/ 沒有到期規則" in found(replace(THEIRS, unknown=("Filter.Tag",)))


def test_parts_that_we_cannot_judge_are_refused_over_footage() -> None:
    assert "Filter.Tag" in found(D14, ExpiryRule(id="tag", prefix="seg/", days=400, unknown=("Filter.Tag",)))


def test_a_lock_on_every_new_object_is_refused() -> None:
    assert "COMPLIANCE 400 days" in found(D14, lock="COMPLIANCE 400 days")


def test_only_rules_of_others_are_foreign() -> None:
    other = ExpiryRule(id="backup", prefix="other/", days=3)
    assert foreign([*wanted([14]), other]) == [other]
