"""Where a case stands, for either side: the stations from the letter to the closing, each with its article."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from infra import clock
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.models import DisclosureState
from tenants.disclosures.official.case_lines import CaseLine
from tenants.disclosures.official.documents import ELEMENT_NAMES, Element, Returnable, owed
from tenants.disclosures.official.queries import Case
from tenants.disclosures.official.rules import Punctuality
from tenants.disclosures.packages.models import PackageState
from tenants.disclosures.packages.parts import parts_of, signing_words
from tenants.disclosures.window_views import WindowView
from tenants.profiles import Clause, RuleProfile
from tenants.profiles.model import OUR_DEFAULT
from tenants.registry.regulations import profile_version

_S = DisclosureState
_GRANTED = (_S.APPROVED, _S.PARTIALLY_APPROVED, _S.EXPORTED)
_DECIDED = (*_GRANTED, _S.REFUSED)
_PUNCTUALITY: Mapping[Punctuality, tuple[str, str]] = {
    Punctuality.DUE_SOON: ("warn", "即將到期"),
    Punctuality.OVERDUE: ("bad", "已逾期"),
    Punctuality.VERY_OVERDUE: ("bad", "嚴重逾期"),
}


class Stage(StrEnum):
    """How far a stage of the case is. `SKIPPED` will not happen in this case."""

    DONE = "done"
    NOW = "now"
    AHEAD = "ahead"
    SKIPPED = "skipped"


STAGE_NAMES = {Stage.DONE: "已完成", Stage.NOW: "進行中", Stage.AHEAD: "尚未開始", Stage.SKIPPED: "不需要"}


@dataclass(frozen=True, kw_only=True)
class StageView:
    """One station on the way of a case, as on a parcel's tracking page."""

    name: str
    stage: Stage
    at: datetime | None
    note: str
    article: str

    @property
    def stage_name(self) -> str:
        """The state in words, for those who do not see the mark."""
        return STAGE_NAMES[self.stage]


def rules_of(case: Case) -> RuleProfile:
    """The version of the regulation under which the case was filed (DR-10)."""
    return profile_version(case.profile, case.disclosure.profile_version)


def decision_words(case: InsiderRequest, windows: Sequence[WindowView]) -> str:
    """What was decided; empty before. A closed case no longer says it by its state."""
    if case.decided_at is None:
        return ""
    if case.refusal or not any(view.window.approved_from for view in windows):
        return "不同意"
    asked = [(view.window.started_at, view.window.ended_at) for view in windows]
    return "同意" if asked == [(v.window.approved_from, v.window.approved_until) for v in windows] else "部分同意"


def clock_of(case: CaseLine) -> tuple[str, str] | None:
    """The mark and words of an answer that is due soon or late; None for one that has time, or was given."""
    found = case.punctuality(today=clock.today())
    return _PUNCTUALITY.get(found) if found is not None else None


def elements_of(case: Case) -> Sequence[tuple[str, str | None]]:
    """What the letter must state and what it states; None where it does not (KH-6-1f)."""
    return [(ELEMENT_NAMES[element], getattr(case.disclosure, element.value) or None) for element in Element]


def owed_by(case: Case) -> tuple[Returnable, ...]:
    """What a completion of the letter must bring, by the regulation the case was filed under."""
    return owed(case.disclosure, copy_needs_necessity=rules_of(case).agency.copy_needs_necessity)


def waits_for_copy(case: Case) -> bool:
    """Whether a worker is making the copy right now, so that the page should look again."""
    withdrawn = case.state is _S.WITHDRAWN
    return case.package is not None and case.package.state == PackageState.PENDING and not withdrawn


def decision_of(case: Case) -> str:
    """What was decided, in the article's words; empty before. A closed case no longer says it by its state."""
    if case.disclosure.decided_at is None:
        return ""
    if case.package is None:
        return "不同意"
    windows = [view.window for view in case.windows]
    whole = all((w.approved_from, w.approved_until) == (w.started_at, w.ended_at) for w in windows)
    same = case.disclosure.copy_approved == case.disclosure.wants_copy
    return "同意" if whole and same else "部分同意"


def transfer_of(case: Case) -> str:
    """How much of a signed copy left us; empty while nobody knows. What the proxy took is not yet what arrived."""
    package = case.package
    if case.in_person:
        return "以媒體當面交付，讀回的雜湊相符"
    if package is None or package.sent_bytes is None or not package.sealed_bytes:
        return ""
    if package.sent_bytes >= package.sealed_bytes:
        return "伺服器已送出全部內容；無法確認對方是否完整收到"
    measured = f"{package.sent_bytes:,}／{package.sealed_bytes:,} 位元組"
    return f"傳送中斷，只送出 {package.sent_bytes * 100 // package.sealed_bytes} %（{measured}）"


def remarks_of(case: Case) -> Sequence[tuple[str, str]]:
    """Per camera of a finished copy how far its box's clock was off, then per film what the camera signed, in words."""
    parts = parts_of(case.package) if case.package else ()
    clocks, signing = [(part.camera, part.clock.words) for part in parts], [(p.file, p.signing) for p in parts]
    said = [(file, words) for file, found in signing if (words := signing_words(found))]
    return list(dict.fromkeys([*clocks, *said]))


def fingerprint_of(case: Case) -> str:
    """SHA-256 of the copy's manifest: `verify.py` prints it, and the reply quotes it, so that nobody swaps the list."""
    manifest = case.package.manifest if case.package else ""
    return hashlib.sha256(manifest.encode()).hexdigest() if manifest else ""


def stages(case: Case, number: str) -> Sequence[StageView]:
    """The case's way from the letter to its closing. `number` is the case's as the reader knows it."""
    rules, row = rules_of(case), case.disclosure
    withdrawn = case.state is _S.WITHDRAWN
    return [
        _stage(
            "收文並先行保全" if _was_kept(case) else "收文",
            row.filed_at,
            note=f"案號 {number}",
            article=OUR_DEFAULT,
        ),
        _decision(case, rules),
        _copy(case, rules),
        _stage(
            "函復",
            row.replied_at,
            skip=withdrawn,
            now=case.state in _DECIDED,
            note=row.reply_number,
            article=rules.article(Clause.AGENCY_REPLY),
        ),
        _handing_over(case, rules),
        _stage(
            "結案",
            row.closed_at,
            skip=withdrawn,
            now=row.replied_at is not None and case.state in (_S.REFUSED, _S.EXPORTED),
            note="申請單自結案起至少保存一年",
            article=rules.article(Clause.RECORDS_KEPT),
        ),
    ]


def _was_kept(case: Case) -> bool:
    """Of a window without footage nothing was kept; after the hold's end nothing is left to tell it by."""
    return case.hold_released_at is not None or any(view.recorded_ms for view in case.windows)


def _stage(
    name: str,
    at: datetime | None,
    *,
    article: str,
    note: str = "",
    now: bool = False,
    skip: bool = False,
) -> StageView:
    if at is not None:
        stage = Stage.DONE
    elif skip:
        stage = Stage.SKIPPED
    else:
        stage = Stage.NOW if now else Stage.AHEAD
    return StageView(name=name, stage=stage, at=at, note=note, article=article)


def _decision(case: Case, rules: RuleProfile) -> StageView:
    notes = {
        _S.SUBMITTED: "待首長決定",
        _S.RETURNED: "已退請補正，等待來文機關補件",
        _S.WITHDRAWN: "來文機關已撤回",
    }
    return _stage(
        "審核決定",
        case.disclosure.decided_at,
        skip=case.state is _S.WITHDRAWN,
        now=case.state in (_S.SUBMITTED, _S.RETURNED),
        note=decision_of(case) or notes.get(case.state, ""),
        article=rules.article(Clause.CONSENT),
    )


def _copy(case: Case, rules: RuleProfile) -> StageView:
    built = case.package.built_at if case.package else None
    return _stage(
        "製作複製" if _gives_copy(case) else "備妥調閱影像",
        built,
        skip=_gives_nothing(case),
        now=case.package is not None,
        note=_package_note(case),
        article=rules.article(Clause.AGENCY_COPY),
    )


def _handing_over(case: Case, rules: RuleProfile) -> StageView:
    package = case.package
    lacking = package is not None and package.state == PackageState.LACKING
    seen_at = None if _gives_copy(case) else case.disclosure.viewed_at  # who looked has not carried the copy away
    return _stage(
        "交付並登記",
        (package.collected_at if package else None) or seen_at,
        skip=_gives_nothing(case) or lacking,
        now=package is not None and package.state == PackageState.READY,
        note=_handing_note(case),
        article=rules.article(Clause.REGISTER),
    )


def _handing_note(case: Case) -> str:
    if case.package is None:
        return ""
    if case.is_revoked:
        return "機構已撤銷領取"
    if case.in_person and not case.copy_is_open:
        return "以媒體當面交付"
    return "由來文機關承辦人領取一次" if _gives_copy(case) else "由機構派員陪同，到場觀看"


def _gives_copy(case: Case) -> bool:
    """Whether a copy leaves in the end; before the decision, whether one is asked for."""
    row = case.disclosure
    return row.copy_approved if row.decided_at is not None else row.wants_copy


def _gives_nothing(case: Case) -> bool:
    """Refused or withdrawn: nothing is copied and nothing handed over."""
    return case.state is _S.WITHDRAWN or (case.disclosure.decided_at is not None and case.package is None)


def _package_note(case: Case) -> str:
    package = case.package
    if package is None:
        return ""
    match package.state:
        case PackageState.PENDING:
            return "正在製作，完成後本頁會自動更新"
        case PackageState.LACKING:
            return "核准時段內沒有可交付的影像，請於函復中敘明"
        case _:
            return "已完成，附雜湊清單與驗證程式" if _gives_copy(case) else "已備妥，可以到場調閱"
