"""What the other side is told of a step, by mail: a case number and where to read it, and nothing else (KH-1-2, DR-31).

A message passes through servers that are not ours, so it names no person, no agency, no camera, no time and no reason;
but the institution, since whoever asks or works at two must know which is meant.
"""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from infra import clock
from infra.db import db
from infra.mail import Mail
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.disclosures import queries
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.lifecycle import course_of, transition
from tenants.disclosures.models import Disclosure, Door, Halt
from tenants.disclosures.official.case_lines import reference_of
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.progress import locked
from tenants.disclosures.steps import Notice, Step
from tenants.errors import NotFound
from tenants.people import deputy_queries as deputies
from tenants.people import queries as people
from tenants.permissions import Role
from tenants.registry import queries as registry

# The head or custodian decides, the handler prepares: both see the case, so both are told.
TOLD = frozenset({Role.HEAD, Role.CUSTODIAN, Role.HANDLER})
# Per step: the subject, and what there is to do. `{serial}` is the only field a sentence may have.
_HALTED = ("調閱案件已暫停 {serial}", "案件已暫停調閱與交付，待首長決定繼續或撤銷，請登入查看。")
# What whoever asked is told of a halt, beside the head: not why, so that a suspect learns no more (0048).
PAUSED: Mapping[Halt, tuple[str, str]] = {
    Halt.ALL: (
        "調閱與領取已暫停 {serial}",
        "機構已暫停本案的調閱與領取，待機構首長決定繼續或撤銷；決定後另以郵件通知。請登入查看。",
    ),
    Halt.VIEWING: (
        "到場調閱已暫停 {serial}",
        "機構已暫停本案的到場調閱，待機構首長決定後繼續；決定後另以郵件通知。請登入查看。",
    ),
}
APPLICANT_PAUSED = (
    "到場調閱已暫停 {serial}",
    "機構已暫停您的到場調閱，待首長決定；約定的時間先不必到場，決定後另以郵件通知。",
)
_OFFICIAL: Mapping[Step, tuple[str, str]] = {
    Step.FILE: ("新的調閱申請 {serial}", "有一件公務機關的調閱申請等待審核，申請時段的影像已先行保全。"),
    Step.COMPLETE: ("調閱申請已補正 {serial}", "退請補正的調閱申請已補正，等待審核。"),
    Step.WITHDRAW: (
        "調閱申請已撤回 {serial}",
        "調閱申請已由申請機關撤回，不必再處理。已核准的，影像不再交付，寫入媒體的請銷毀，約定的到場調閱一併取消。",
    ),
    Step.COLLECT: ("調閱影像已簽收 {serial}", "核准複製的影像已由申請機關簽收。"),
    Step.ASK_REOPENING: (
        "承辦人請求重新開放領取 {serial}",
        "簽收影像的承辦人表示下載中斷，請求重新開放領取，請登入查看。",
    ),
    Step.REOPEN: ("調閱影像重新開放領取 {serial}", "機構已重新開放領取核准複製的影像，請原簽收的承辦人登入領取。"),
    Step.REVOKE: ("調閱影像停止領取 {serial}", "機構已撤銷影像的領取，先前的連結不能再使用。請登入查看，或洽機構。"),
    Step.HALT: _HALTED,
    Step.PAUSE: PAUSED[Halt.ALL],
    Step.GO_ON: ("調閱與領取恢復辦理 {serial}", "機構首長已決定本案繼續，暫停的調閱與領取恢復辦理。請登入查看。"),
    Step.TAKE_BACK: (
        "調閱與領取已撤銷 {serial}",
        "機構首長已撤銷本案的調閱與領取，先前的連結不能再使用，約定的到場調閱一併取消。請登入查看理由。",
    ),
    Step.REPORT_END: ("影像已返還或銷毀 {serial}", "申請機關回報，取得的影像已返還或銷毀。"),
    Step.HAND_OVER: ("調閱影像已當面交付 {serial}", "核准複製的影像已當面交付貴機關承辦人。"),
    Step.CHASE: (
        "影像的返還或銷毀期限已過 {serial}",
        "取得影像的返還或銷毀期限已過，請返還或銷毀後登入回報日期與文號。",
    ),
    Step.RETURN: ("調閱申請退請補正 {serial}", "調閱申請須補正後才能繼續審核，已保全的影像不受影響。"),
    Step.APPROVE: ("調閱申請已核定 {serial}", "調閱申請已核定，請登入查看結果。"),
    Step.APPROVE_PART: ("調閱申請已核定 {serial}", "調閱申請已核定，請登入查看結果。"),
    Step.REFUSE: ("調閱申請已核定 {serial}", "調閱申請已核定，請登入查看結果。"),
    Step.APPOINT: ("調閱時間已約定 {serial}", "機構已登記到場調閱的時間與地點。須改期時，請洽機構。"),
    Step.CALL_OFF: ("約定的調閱時間已取消 {serial}", "案件已由貴機關撤回，約定的到場調閱取消，不必到場。"),
    Step.REPLY: ("調閱申請已函復 {serial}", "調閱申請已函復，請登入查看。"),
    Step.CLOSE: ("調閱申請已結案 {serial}", "調閱申請已結案。"),
}
_INSIDER: Mapping[Step, tuple[str, str]] = {
    Step.FILE: ("新的調閱申請 {serial}", "有一件家長或教職員工的調閱申請等待審核，申請時段的影像已先行保全。"),
    Step.COMPLETE: ("調閱申請已補正 {serial}", "退回補正的調閱申請已補正，等待審核。"),
    Step.WITHDRAW: ("調閱申請已撤回 {serial}", "調閱申請已由申請人撤回，不必再處理。已約定到場時間的，一併取消。"),
    Step.RESOLVE: ("專案小組已議決 {serial}", "專案小組已作成決議，接著依序簽核。"),
    Step.RETURN: ("調閱申請請補正 {serial}", "您的調閱申請須補正後才能繼續審核，已保全的影像不受影響。"),
    Step.APPROVE: ("調閱申請已核定 {serial}", "您的調閱申請已有結果，請查看後續辦理方式。"),
    Step.APPROVE_PART: ("調閱申請已核定 {serial}", "您的調閱申請已有結果，請查看後續辦理方式。"),
    Step.REFUSE: ("調閱申請已核定 {serial}", "您的調閱申請已有結果，請查看理由與後續可行的方式。"),
    Step.APPOINT: ("調閱時間已約定 {serial}", "已約定到場觀看的時間與地點，請查看並攜帶身分證件。須改期時，請洽機構。"),
    Step.CALL_OFF: ("約定的調閱時間已取消 {serial}", "您已撤回調閱申請，約定的到場時間取消，不必到場。"),
    Step.HALT: _HALTED,
    Step.PAUSE: APPLICANT_PAUSED,
    Step.GO_ON: ("到場調閱恢復辦理 {serial}", "機構已決定您的案件繼續，可以再約定到場時間。"),
    Step.TAKE_BACK: (
        "到場調閱已撤銷 {serial}",
        "機構已撤銷您的到場調閱，約定的時間一併取消。請查看理由與後續可行的方式。",
    ),
    Step.CLOSE: ("調閱申請已結案 {serial}", "您的調閱申請已結案。"),
}
_RECEIVED = ("已收到調閱申請 {serial}", "已收到您的調閱申請，申請時段現有的影像已先行保全。")
WORDS: Mapping[Door, Mapping[Step, tuple[str, str]]] = {Door.OFFICIAL: _OFFICIAL, Door.INSIDER: _INSIDER}
# An applicant has no account to sign in with: they prove the address, as when they asked.
_SIGN_IN, _PROVE = "請登入查看", "請開啟連結，以本信箱收取驗證碼後查看"
_TEXT = """{sentence}

案號：{serial}
{way}：{link}

本信由系統自動寄出，請勿回覆。為保護個人資料，信中不含案件內容。
"""


def messages(*, tenant_id: UUID, disclosure_id: UUID, step: Step, base_url: str) -> list[Mail]:
    """The mails of one step, one per person, each address once. The session is bound to the institution."""
    disclosure = db.session.scalar(
        select(Disclosure).where(Disclosure.tenant_id == tenant_id, Disclosure.id == disclosure_id)
    )
    if disclosure is None:
        raise NotFound
    letters = [(transition(course_of(disclosure), step).notice, WORDS[Door(disclosure.door)][step])]
    if step is Step.FILE and isinstance(disclosure, InsiderRequest):
        # What an applicant gets for having asked: the number, and where to follow it (KH-6-2g).
        letters.append((Notice.APPLICANT, _RECEIVED))
    if step is Step.HALT:  # and whoever asked, in the words in which they are told of any other; the head by the step
        asked = (Notice.AGENCY, PAUSED[Halt(disclosure.halt)])
        letters.append(asked if isinstance(disclosure, OfficialRequest) else (Notice.APPLICANT, APPLICANT_PAUSED))
    return [mail for told, words in letters for mail in _mails(disclosure, told, words, base_url)]


def is_told(*, tenant_id: UUID, disclosure_id: UUID, step: Step) -> bool:
    """Whether the step's mails went out already."""
    return (disclosure_id, step.value) not in queries.untold(tenant_id=tenant_id)


def note_told(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID, step: Step, mails: int) -> None:
    """Record that so many mails of the step went out, so that no sweep sends them again."""
    disclosure = locked(Disclosure, tenant_id=tenant_id, disclosure_id=disclosure_id)
    disclosure.untold = [each for each in disclosure.untold if each != step.value]
    audit.record(
        Event.DISCLOSURE_TOLD,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=disclosure_id,
        serial=disclosure.serial,
        step=step.value,
        mails=mails,
    )


def _mails(disclosure: Disclosure, told: Notice, words: tuple[str, str], base_url: str) -> list[Mail]:
    serial = reference_of(disclosure) if told is Notice.AGENCY else disclosure.serial
    way = _PROVE if told is Notice.APPLICANT else _SIGN_IN
    subject, sentence = words
    text = _TEXT.format(sentence=sentence, serial=serial, way=way, link=base_url + _path(disclosure, told))
    house, subject = registry.tenant(tenant_id=disclosure.tenant_id).name, subject.format(serial=serial)
    to = sorted(_addresses(disclosure, told))
    return [Mail(to=address, house=house, subject=subject, text=text) for address in to]


def _path(disclosure: Disclosure, told: Notice) -> str:
    if told is Notice.APPLICANT:
        return f"/apply/{registry.tenant(tenant_id=disclosure.tenant_id).code}/follow"
    if told is Notice.AGENCY:
        return f"/agency/institutions/{disclosure.tenant_id}/requests/{disclosure.id}"
    page = f"applications/{disclosure.id}/" if disclosure.door == Door.INSIDER else f"cases/{disclosure.id}"
    return f"/schools/{disclosure.tenant_id}/{page}"


def _addresses(disclosure: Disclosure, told: Notice) -> set[str]:
    if told is Notice.APPLICANT:
        return {disclosure.email} - {""} if isinstance(disclosure, InsiderRequest) else set()
    if told is Notice.AGENCY:  # who asked there, while they work there and have an address
        officer = people.user(user_id=disclosure.filed_by) if disclosure.filed_by is not None else None
        return {officer.email} - {""} if officer is not None and officer.deactivated_at is None else set()
    return deputies.addresses(tenant_id=disclosure.tenant_id, roles=TOLD, today=clock.today())
