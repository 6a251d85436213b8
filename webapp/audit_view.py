"""An audit event as a sentence: who, as what, did what, and the codes that the event carries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from infra.queues import Job
from tenants.actor import ActorKind
from tenants.audit.models import AuditEvent
from tenants.permissions import ROLE_NAMES, Role
from webapp.audit_event_names import EVENT_NAMES
from webapp.audit_fields import FIELD_NAMES

# What the service does by itself, by the name of the job's function; a test keeps the list equal to the jobs.
JOB_NAMES: Mapping[Job, str] = {
    Job.ANCHOR_CHAIN: "稽核軌跡定期存證",
    Job.BUILD_PACKAGE: "製作影像複製檔",
    Job.CARRY_OUT_CHANGES: "更名與停辦生效",
    Job.CARRY_OUT_ROSTER: "依名冊開通機構",
    Job.CERTIFY_DESTRUCTION: "驗證銷毀並出具證明",
    Job.CHASE_COPY: "催請返還或銷毀影像",
    Job.CHECK_SEGMENTS: "核對上傳的影像",
    Job.CHECK_SERVICES: "探測各項服務",
    Job.CHECK_STORE: "核對儲存空間的規則與公開情形",
    Job.COPY_HOLD: "另存保全影像",
    Job.DESTROY_DAY: "到期影像銷毀",
    Job.DESTROY_HOLD: "銷毀已解除的保全影像",
    Job.DESTROY_PACKAGE: "銷毀已結案的影像複製檔",
    Job.DESTROY_RETAINED_COPY: "銷毀不再保存的備查複製本",
    Job.DESTROY_STRAY: "銷毀核定的來源不明物件",
    Job.DROP_PARTITION: "移除已銷毀日期的索引",
    Job.DRILL_SITE: "抽驗影像還原",
    Job.END_HOLDS: "結束屆滿的保全",
    Job.FORGET_APPLICANTS: "清除未送出的申請資料",
    Job.LOOK_FOR_FAULTS: "由監測資料發現故障",
    Job.MAKE_KEYS: "製作每日金鑰",
    Job.MAKE_RETAINED_COPY: "製作備查複製本",
    Job.NIGHTLY: "每夜例行作業",
    Job.PLAN_NOTICES: "排定本機構的通知",
    Job.PLAN_NOTICES_ALL: "排定全市的通知",
    Job.RECONCILE: "儲存內容巡檢排程",
    Job.RECONCILE_AREA: "儲存內容巡檢",
    Job.SEND_EMERGENCY_MAIL: "寄送緊急存取通知",
    Job.SEND_HOLD_MAIL: "寄送緊急保全通知",
    Job.SEND_INVITATION: "寄送設定密碼的信",
    Job.SEND_CODE: "寄送驗證碼",
    Job.SEND_MAIL: "寄送通知",
    Job.SEND_PANEL_MAIL: "寄送專案小組通知",
    Job.SEND_NOTICE: "寄送待辦摘要與提醒",
    Job.SEND_RULE_NOTICE: "寄送規定修正的通知",
    Job.SETTLE_VIEWINGS: "結束中斷的調閱場次",
    Job.SETTLE_EMERGENCIES: "結束到期的緊急存取",
    Job.STAMP_HEADS: "為稽核軌跡的存證取得時戳",
    Job.SWEEP: "定期巡檢",
    Job.SWEEP_TENANT: "定期巡檢本機構",
    Job.TAKE_CASES: "統計可供抽查的案件",
    Job.TAKE_CITY_DAY: "統計全市每日合規情形",
    Job.TAKE_DAY: "統計每日合規情形",
    Job.TAKE_FINDINGS: "逐條檢視今日合規情形",
    Job.TAKE_FINDINGS_ALL: "逐條檢視全市今日合規情形",
    Job.TAKE_NOW: "統計目前合規情形",
    Job.TAKE_NOW_ALL: "統計全市目前合規情形",
}
# And what somebody of the operation starts by a command, which the chain names as the service itself.
COMMAND_NAMES: Mapping[str, str] = {
    "mail bounced": "維運指令：登記退信",
    "footage rebuild": "維運指令：由儲存內容重建索引",
    "footage reconcile": "維運指令：核對儲存內容與索引",
    "keys": "維運指令：更換主金鑰",
    "keys rewrap": "維運指令：以新的主金鑰重新封裝",
    "keys after-restore": "維運指令：還原備份後的處理",
    "platform backed-up": "維運指令：登記備份結果",
    "storage check": "維運指令：核對儲存空間的規則",
    "sample_city": "範例城市的建置程式",
}
_BY_NAME: Mapping[str, str] = {
    **{job.rsplit(".", 1)[-1]: name for job, name in JOB_NAMES.items()},
    **COMMAND_NAMES,
}
_KINDS = {ActorKind.SYSTEM: "系統", ActorKind.DEVICE: "邊緣主機"}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One event as its line shows it. `details` are (name, value) pairs of codes, never personal data."""

    seq: int
    at: datetime
    name: str
    who: str
    role: str
    address: str
    details: tuple[tuple[str, str], ...]
    hash: str


def line(event: AuditEvent) -> Line:
    """The event in words; one that has no words yet keeps its code."""
    kind = _KINDS.get(ActorKind(event.actor_kind), "")
    return Line(
        seq=event.seq,
        at=event.at,
        name=EVENT_NAMES.get(event.event, event.event),
        who=_who(event) or kind,
        role=_roles(event) or kind,
        address=event.address,
        details=tuple((FIELD_NAMES.get(name, name), _plain(value)) for name, value in sorted(event.fields.items())),
        hash=event.hash,
    )


def done_by(name: str) -> str:
    """Who did something, as people call it: a job or command by its words, a person by their name."""
    return _BY_NAME.get(name, name)


def _who(event: AuditEvent) -> str:
    return done_by(event.actor_name) if event.actor_kind == ActorKind.SYSTEM else event.actor_name


def _roles(event: AuditEvent) -> str:
    return "、".join(map(_role, filter(None, event.actor_roles.split(","))))


def _role(said: str) -> str:
    """A role as it is called, with 代 or 代為決行 of whoever only acted in it; or an emergency access by its number."""
    role, _, acting = said.partition(":")
    if role == "emergency":
        return f"緊急存取 {acting}"
    return f"{ROLE_NAMES[Role(role)]}（{acting}）" if acting else ROLE_NAMES[Role(role)]


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return "，".join(f"{FIELD_NAMES.get(name, name)} {_plain(inner)}" for name, inner in value.items())
    return "、".join(map(_plain, value)) if isinstance(value, list) else str(value)
