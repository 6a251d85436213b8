"""What the store's expiry rules must be, and what is wrong with those that are there. Pure (DR-03).

One rule per retention class in use, later than our own destruction and within the year. It is the net, not the tool:
it knows no hold, so nothing that is held lies under any of them.
"""

from collections.abc import Iterable, Sequence

from infra import object_keys
from infra.lifecycle import ExpiryRule
from tenants import periods

OURS = "shouyuan-"
_CLASSES = "seg/"
# What must never go by a timer: held and handed-over footage, letters (kept a year at least, and then by a person's
# decision), the anchors of the chains, and the shares without which footage that is still owed opens no more.
_KEPT = {"evidence/": "保全與備查的影像", "letters/": "公文", "ledger/": "稽核錨定", "keys/": "金鑰的另一份"}
# An object that a rule expired, or that was overwritten with the same bytes, has no use as an old version.
_NONCURRENT_DAYS = 1
# A presigned upload is one request; what is unfinished a day later was given up.
_ABORT_DAYS = 1
# As late as whole objects may be there, so that no part of one is there longer.
_LATEST_ABORT_DAYS = periods.MAX_LIFECYCLE_DAYS


def wanted(classes: Iterable[int]) -> list[ExpiryRule]:
    """The rules for these retention classes, by class, and one that clears away the markers of what expired."""
    by_class = [
        ExpiryRule(
            id=f"{OURS}{object_keys.retention_class(days)}",
            prefix=object_keys.class_prefix(days),
            days=periods.lifecycle_days(days),
            noncurrent_days=_NONCURRENT_DAYS,
            abort_days=_ABORT_DAYS,
        )
        for days in sorted(set(classes))
    ]
    return [*by_class, ExpiryRule(id=f"{OURS}markers", prefix=_CLASSES, days=None, markers=True)]


def faults(rules: Sequence[ExpiryRule], classes: Iterable[int], *, versioned: bool, default_lock: str) -> list[str]:
    """Everything in a bucket's rules that breaks the law or leaves it unguarded, a sentence each; empty when right."""
    in_use = sorted(set(classes))
    found = [fault for rule in rules if rule.enabled for fault in _faults_of(rule, in_use)]
    found += _edited(rules, in_use)
    for days in in_use:
        prefix = object_keys.class_prefix(days)
        if not any(rule.days for rule in _over(rules, prefix)):
            found.append(f"{prefix} 沒有到期規則：程式停擺時，影像可能存在超過一年。請執行 flask storage apply。")
        if versioned and not any(_clears_versions(rule) for rule in _over(rules, prefix)):
            found.append(
                f"{prefix} 的舊版本不會在 {_NONCURRENT_DAYS} 日內到期：儲存桶保留版本，刪除或到期後仍有舊版本。"
                "請執行 flask storage apply。"
            )
        if not any(rule.abort_days and rule.abort_days <= _LATEST_ABORT_DAYS for rule in _over(rules, prefix)):
            found.append(f"{prefix} 未完成的分段上傳不會清除，可能存在超過一年。請執行 flask storage apply。")
    if default_lock:
        found.append(f"儲存桶對所有新物件設有預設鎖定（{default_lock}），影像將無法如期銷毀。請移除預設鎖定。")
    return found


def _edited(rules: Sequence[ExpiryRule], in_use: Iterable[int]) -> list[str]:
    """Rules of ours that somebody changed by hand; what the law would still allow is told all the same."""
    ours = {rule.id: rule for rule in wanted(in_use)}
    return [
        f"規則 {rule.id} 已被改動，與依規定算出的不同（Days={rule.days}，應為 {ours[rule.id].days}）。"
        "請確認是誰改的，再執行 flask storage apply。"
        for rule in rules
        if rule.id in ours and rule != ours[rule.id]
    ]


def _over(rules: Sequence[ExpiryRule], prefix: str) -> list[ExpiryRule]:
    """The rules that count for everything under a prefix; one with a filter that we cannot judge covers nothing."""
    return [rule for rule in rules if rule.enabled and not rule.unknown and prefix.startswith(rule.prefix)]


def _clears_versions(rule: ExpiryRule) -> bool:
    """Within the time that the arithmetic of `periods` allows old versions: more would outlive the year."""
    return rule.noncurrent_days is not None and rule.noncurrent_days <= _NONCURRENT_DAYS


def foreign(rules: Iterable[ExpiryRule]) -> list[ExpiryRule]:
    """Rules that somebody else put there; they are kept, or refused, but never silently replaced."""
    return [rule for rule in rules if not rule.id.startswith(OURS)]


def _faults_of(rule: ExpiryRule, in_use: Iterable[int]) -> list[str]:
    name = f"規則 {rule.id or '（無名稱）'}（{rule.prefix or '整個儲存桶'}）"
    found = [
        f"{name}會刪除{meaning}（{prefix}），該處不得設到期規則。"
        for prefix, meaning in _KEPT.items()
        if _overlap(rule.prefix, prefix) and (rule.days or rule.noncurrent_days)
    ]
    if rule.unknown and _overlap(rule.prefix, _CLASSES):
        found.append(f"{name}有無法判斷的部分：{'、'.join(rule.unknown)}。請移除後再檢查。")
    for days in sorted({*in_use, *_named_class(rule.prefix)}):
        if rule.days is not None and _overlap(rule.prefix, object_keys.class_prefix(days)):
            fault = periods.lifecycle_fault(days, rule.days)
            found += [f"{name}：{fault}。"] if fault else []
    return found


def _overlap(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _named_class(prefix: str) -> set[int]:
    """The class that a rule's own prefix names, in use or not: `seg/d14/` is fourteen days whoever wrote it."""
    name = prefix.removeprefix(f"{_CLASSES}d").split("/")[0] if prefix.startswith(f"{_CLASSES}d") else ""
    return {int(name)} if name.isdecimal() else set()
