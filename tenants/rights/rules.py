"""Pure decisions about requests under the Personal Data Protection Act (個人資料保護法, DR-28)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from infra.clock import civil_day
from tenants import periods
from tenants.disclosures.insider.panel.rules import folded
from tenants.errors import Invalid, refuse
from tenants.people import free_text
from tenants.rights.models import Answer, Right, RightsCopy, RightsRequest
from tenants.roc_dates import format_date

RIGHT_NAMES: Mapping[Right, str] = {
    Right.INQUIRY: "查詢",
    Right.INSPECTION: "請求閱覽",
    Right.COPY: "請求製給複製本",
    Right.CORRECTION: "請求補充或更正",
    Right.STOP: "請求停止蒐集、處理或利用",
    Right.DELETION: "請求刪除",
}
# 第十三條: 第十條的請求十五日, 第十一條的請求三十日; each once longer by as much.
# What is asked of footage that has to be shown: seeing it, or a copy of it.
_SHOWN = frozenset({Right.INSPECTION, Right.COPY})
_OF_ARTICLE_10 = frozenset({Right.INQUIRY, Right.INSPECTION, Right.COPY})
DEADLINE_ARTICLE = "個人資料保護法第十三條"
RIGHTS_ARTICLE = "個人資料保護法第三條"


class RefusalGround(StrEnum):
    """Why the statute lets a request be refused. That insiders may not copy is none of them (Q-19)."""

    STATE_INTEREST = "state_interest"
    OFFICIAL_DUTY = "official_duty"
    THIRD_PARTY = "third_party"
    NEEDED_FOR_DUTY = "needed_for_duty"
    NOT_THE_PERSON = "not_the_person"
    NOT_HELD = "not_held"


GROUND_NAMES: Mapping[RefusalGround, str] = {
    RefusalGround.STATE_INTEREST: "妨害國家安全、外交及軍事機密、整體經濟利益或其他國家重大利益（第十條第一款）",
    RefusalGround.OFFICIAL_DUTY: "妨害公務機關執行法定職務（第十條第二款）",
    RefusalGround.THIRD_PARTY: "妨害蒐集機關或第三人之重大利益，且無法以遮蔽方式避免（第十條第三款）",
    RefusalGround.NEEDED_FOR_DUTY: "因執行職務或業務所必須（第十一條第二項、第三項但書）",
    RefusalGround.NOT_THE_PERSON: "請求人不是當事人，也不是其法定代理人（第三條）",
    RefusalGround.NOT_HELD: "本機構未保有所請求的個人資料，或已依規定銷毀",
}
ANSWER_NAMES: Mapping[Answer, str] = {
    Answer.GRANTED: "准許",
    Answer.PARTLY: "部分准許",
    Answer.REFUSED: "不准許",
}
_ALWAYS = frozenset({RefusalGround.NOT_THE_PERSON, RefusalGround.NOT_HELD})
_ARTICLE_10 = frozenset({RefusalGround.STATE_INTEREST, RefusalGround.OFFICIAL_DUTY, RefusalGround.THIRD_PARTY})


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the head answers."""

    answer: Answer
    refusal_ground: str
    reasons: str


def period_days(right: Right) -> int:
    """How many days the statute gives for the decision, and at most as many again (第十三條)."""
    return 15 if right in _OF_ARTICLE_10 else 30


def due(right: Right, received_on: date, *, extended: bool = False) -> date:
    """The last day for the decision. The day of receipt does not count; a holiday moves nothing, to be safe (DR-04)."""
    return periods.answered_by(received_on, period_days(right) * (2 if extended else 1))


def grounds_for(right: Right) -> frozenset[RefusalGround]:
    """The grounds on which this request may be refused, wholly or in part."""
    if right in _OF_ARTICLE_10:
        return _ALWAYS | _ARTICLE_10
    return _ALWAYS | {RefusalGround.NEEDED_FOR_DUTY}


def check_received(received_on: date, *, today: date) -> None:
    """Raise `Invalid` for a request of the future."""
    if received_on > today:
        raise Invalid("收件日期不能晚於今天。請依實際收到的日期填寫。", field="received_on")


def check_identity_seen(text: str) -> None:
    """Raise `Invalid` where a number was copied from a document: only which one was seen is kept (DR-22)."""
    free_text.check_kind_only(text, field="identity_seen")


def check_extension(reason: str, *, extended: bool, due_on: date, today: date) -> None:
    """Raise `Invalid` unless the period may be extended: once, before it is over, and with a reason (第十三條)."""
    if extended:
        raise Invalid(f"期限只能延長一次（{DEADLINE_ARTICLE}）。請於{format_date(due_on)}前答復。", field="extension")
    if today > due_on:
        raise Invalid(
            f"期限已於{format_date(due_on)}屆滿，不能再延長（{DEADLINE_ARTICLE}）。請儘速答復。", field="extension"
        )
    if not reason.strip():
        raise Invalid("延長期限時，應將原因以書面通知請求人。請填寫原因。", field="extension")


def check_review(note: str, *, right: Right, third_parties: bool, masking: str) -> None:
    """Raise `Invalid` unless the legal review says something, and of others in the picture how they are masked."""
    refuse(review_faults(note, right=right, third_parties=third_parties, masking=masking))


def review_faults(note: str, *, right: Right, third_parties: bool, masking: str) -> Iterator[Invalid]:
    """All that `check_review` asks, so that it is told in one round."""
    if not note.strip():
        yield Invalid("請填寫法律審查的意見，例如適用的條文與第三人利益的衡量。", field="note")
    if third_parties and right in _SHOWN and not masking.strip():
        yield Invalid("影像中有其他人時，請說明如何遮蔽；無法遮蔽者，請說明原因。", field="masking")


def check_hidden(*, third_parties: bool, boxes: int, nobody_visible: bool) -> None:
    """Raise `Invalid` where others are in the footage, nothing hides them, and nobody said why (個資法第十條第三款)."""
    if third_parties and not boxes and not nobody_visible:
        raise Invalid(
            "法律審查認為影像中有其他人，但沒有儲存任何遮蔽範圍。請標示範圍並儲存；確定要提供的時段裡看不到其他人時，請勾選。",
            field="nobody_visible",
            code="nobody_hidden",
        )


def check_answer(told: Told, *, right: Right) -> None:
    """Raise `Invalid` unless a refusal, whole or in part, names one of the statute's grounds and its reasons.

    What is wholly granted names none: a ground beside it would say the opposite.
    """
    refuse(answer_faults(told, right=right))


def answer_faults(told: Told, *, right: Right) -> Iterator[Invalid]:
    """All that `check_answer` asks, so that it is told in one round."""
    if told.answer is Answer.GRANTED:
        if told.refusal_ground:
            yield Invalid(
                "准許時不能選取不准許的法定事由。請清除事由；只准許一部分時，決定請改選「部分准許」。",
                field="refusal_ground",
            )
        return
    if told.refusal_ground not in grounds_for(right):
        yield Invalid("不准許的部分，應依個人資料保護法所定的事由。請從清單中選取。", field="refusal_ground")
    if not told.reasons.strip():
        yield Invalid("不准許的部分應敘明理由。請填寫；救濟方式由答復書載明。", field="reasons")


def is_shown(*, answer: str, right: str, has_footage: bool) -> bool:
    """Whether footage of the request is to be shown or given: granted, if in part, and asked to be seen or copied."""
    return has_footage and answer in {Answer.GRANTED, Answer.PARTLY} and right in _SHOWN


def is_weighed(*, right: str, has_footage: bool) -> bool:
    """Whether third persons in footage are weighed before it is decided: it was asked to be seen or copied."""
    return has_footage and right in _SHOWN


def check_weighed(*, right: str, has_footage: bool) -> None:
    """Raise `Invalid` where the review needs no look at footage."""
    if not is_weighed(right=right, has_footage=has_footage):
        raise Invalid("只有請求閱覽或製給複製本的影像，才需要在審查時檢視。", code="nothing_to_weigh")


def look_waits(found: RightsRequest) -> bool:
    """Whether the handler asked for a look at the footage, and the head has neither allowed it nor decided."""
    undecided = found.answered_at is None and found.ended_at is None
    return undecided and found.look_asked_at is not None and found.look_allowed_at is None


def check_allowed(*, allowed: bool) -> None:
    """Raise `Invalid` where the head did not allow a look (KH-4-2)."""
    if not allowed:
        raise Invalid("決定前的影像，經首長同意才能為審查檢視。請首長先在案件頁面同意。", code="not_allowed_yet")


def check_shown(*, answer: str, right: str, has_footage: bool) -> None:
    """Raise `Invalid` unless footage of the request may be shown or given: granted, and asked to be seen or copied."""
    if not has_footage:
        raise Invalid("這個請求不涉及特定影像，沒有可以遮蔽或提供的影像。", code="no_footage")
    if not is_shown(answer=answer, right=right, has_footage=True):
        raise Invalid("只有准許閱覽或製給複製本的請求，才能開啟影像。", code="not_granted")


def unopened(takes: Iterable[int], *, opened: Collection[int]) -> list[int]:
    """The takes of a film that nobody opened as it is hidden now."""
    return [take for take in takes if take not in opened]


def takes_words(some: Iterable[int], *, of: int) -> str:
    """What of a film is meant: 「第1、3軌」, or 「影像」 where it has one take only."""
    return f"第{'、'.join(map(str, some))}軌" if of > 1 else "影像"


def check_opened(takes: Collection[int], *, opened: Collection[int]) -> None:
    """Raise `Invalid`, which names them, where takes of a film were not opened as it is hidden now.

    `takes` are all there are, `opened` those which whoever operates opened since the masks were saved last (DR-28).
    """
    missing = unopened(takes, opened=opened)
    if missing:
        raise Invalid(
            f"{takes_words(missing, of=len(takes))}在儲存遮蔽範圍後還沒有開啟過，不能確認。"
            "請於「影像」開啟，與確認的人員一起從頭看完，再輸入 PIN。",
            code="not_opened",
        )


def check_copied(*, right: str, confirmed: bool) -> None:
    """Raise `Invalid` unless a copy may be made: one was asked for, and somebody else saw what is hidden in it."""
    if right != Right.COPY:
        raise Invalid("本案請求的是閱覽，不製給複製本。", code="no_copy")
    if not confirmed:
        raise Invalid("請先由另一位人員確認遮蔽結果，再製作複製本。", code="not_confirmed")


def is_apart(name: str, found: RightsRequest) -> bool:
    """Whether this is neither the name of the person who asks, nor of the person whom it is about (DR-27)."""
    return folded(name) not in {folded(found.person_name), folded(found.subject_name)}


def check_apart(name: str, found: RightsRequest) -> None:
    """Raise `Invalid` for whoever bears such a name."""
    if not is_apart(name, found):
        raise Invalid("請求人或當事人本人不能開啟或遮蔽影像。請改由其他人員辦理。", code="involved")


def check_carried_out(*, right: str, has_footage: bool, third_parties: bool, confirmed: bool, handed: bool) -> None:
    """Raise `Invalid` unless what was granted of footage really happened here: others masked, the medium read back."""
    if not has_footage:
        return
    if right == Right.COPY and not handed:
        raise Invalid("複製本尚未寫入媒體並讀回核對。請先於「遮蔽與製作複製本」完成。", field="manner")
    if right == Right.INSPECTION and third_parties and not confirmed:
        raise Invalid("影像中有其他人，請先遮蔽並由另一位人員確認，再登記閱覽。", field="manner")


def given_words(copies: Iterable[RightsCopy]) -> str:
    """On which media what was read back is, one a line with its hash: what is noted and told of how it was given."""
    return "\n".join(
        f"媒體 {each.medium_serial}（{format_date(civil_day(each.read_back_at))}讀回核對），"
        f"檔案雜湊 SHA-256 {each.sha256}"
        for each in copies
        if each.read_back_at is not None
    )


def check_given_on(given_on: date, *, answered_on: date, today: date) -> None:
    """Raise `Invalid` unless what was granted was shown or given between the decision and today."""
    if given_on > today:
        raise Invalid("交付或閱覽的日期不能晚於今天。請於辦理後再登記。", field="given_on")
    if given_on < answered_on:
        raise Invalid(f"交付或閱覽的日期不能早於決定日（{format_date(answered_on)}）。請檢查日期。", field="given_on")


def check_closable(*, answer: str, given: bool) -> None:
    """Raise `Invalid` for closing what was granted while nothing says on which day it was done."""
    if answer != Answer.REFUSED and not given:
        raise Invalid("准許的請求尚未登記交付或閱覽的日期。請先登記辦理情形，再結案。", code="not_carried_out")
