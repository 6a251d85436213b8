"""Why a step of a case is not possible now, as a sentence for the person who would like to take it."""

from collections.abc import Mapping

from tenants.actor import Actor
from tenants.disclosures import halts
from tenants.disclosures.models import DisclosureState
from tenants.disclosures.official import closing
from tenants.disclosures.official.documents import ELEMENT_NAMES
from tenants.disclosures.official.lifecycle import TRANSITIONS
from tenants.disclosures.official.queries import Case
from tenants.disclosures.steps import Step
from tenants.permissions import Permission

_S = DisclosureState
_WHO: Mapping[Permission, str] = {
    Permission.DISCLOSURE_DECIDE: "是否同意由校（園）長／負責人決定，承辦人不能代為決定。",
    Permission.DISCLOSURE_REPLY: "由監錄系統管理承辦人或首長辦理。",
    Permission.FOOTAGE_WATCH: "到場調閱由監錄系統管理承辦人操作，並由機構派員陪同。",
}


def blocked(case: Case, actor: Actor, step: Step) -> str:
    """Why this person cannot take the step now, as a sentence; empty when nothing is in the way."""
    transition = TRANSITIONS[step]
    if case.state not in transition.sources:
        return _state_reason(case, step)
    if not actor.may(transition.permission):
        return _WHO.get(transition.permission, "您的帳號沒有這項權限。")
    if halts.holds_back(case.disclosure, step):
        return halts.words_of(case.disclosure)
    if step in (Step.APPROVE, Step.APPROVE_PART) and case.missing:
        names = "、".join(ELEMENT_NAMES[element] for element in case.missing)
        return f"來文未載明{names}，不能同意。請先退請補正。"
    if step is Step.REPLY and case.disclosure.replied_at is not None:
        return f"已於函復時登載字號 {case.disclosure.reply_number}。"
    return _content_reason(case, step)


def _state_reason(case: Case, step: Step) -> str:
    if case.state is _S.RETURNED and step in (Step.APPROVE, Step.APPROVE_PART):
        return "已退請補正，待來文機關補件後才能同意。"
    if case.state in (_S.CLOSED, _S.WITHDRAWN):
        return "案件已結束。"
    if step in (Step.REPLY, Step.CLOSE):
        return "首長決定後才能函復及結案。"
    return "案件已決定，不能再變更。"


def _content_reason(case: Case, step: Step) -> str:
    match step:
        case Step.CLOSE:
            fault = closing.fault_of(case.disclosure)
            return str(fault) if fault is not None else ""
        case Step.REOPEN if case.copy_is_open:
            signed = case.package is not None and case.package.collected_at is not None and not case.in_person
            return f"已重新開放，等待{'原簽收的' if signed else ''}承辦人領取。"
        case Step.REVOKE if not (case.copy_is_open or case.passphrase_waits):
            return "沒有可以撤銷的領取。"
        case Step.SHOW_PASSPHRASE if not case.passphrase_waits:
            return "沒有等待告知的通行碼。"
        case _:
            return ""
