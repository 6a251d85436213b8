"""An audit event as a sentence: who, as what, did what, and the codes that the event carries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from infra.queues import Job
from tenants.actor import ActorKind
from tenants.audit.models import AuditEvent
from tenants.permissions import ROLE_NAMES, Role
from webapp.audit_fields import FIELD_NAMES

# The catalogue's names in the words of the glossary; a test keeps the two lists equal.
EVENT_NAMES: Mapping[str, str] = {
    "access:denied": "拒絕存取",
    "account:created": "建立帳號",
    "account:deactivated": "停用帳號",
    "account:locked": "帳號暫停使用",
    "account:password_changed": "變更密碼",
    "account:pin_failed": "陪同 PIN 輸入錯誤",
    "account:pin_locked": "陪同 PIN 暫停使用",
    "account:pin_set": "設定陪同 PIN",
    "account:reactivated": "復用帳號",
    "account:sign_in_failed": "登入失敗",
    "account:signed_in": "登入",
    "account:signed_out": "登出",
    "agency:added": "新增公務機關",
    "agency:verified": "核定公務機關",
    "agency_key:confirmed": "核定公務機關的收件公鑰",
    "agency_key:registered": "登記公務機關的收件公鑰",
    "agency_key:revoked": "停用公務機關的收件公鑰",
    "applicant:code_asked": "申請人索取驗證碼",
    "applicant:code_sent": "寄出申請人的驗證碼",
    "applicant:forgotten": "清除未送出的申請資料",
    "applicant:proof_failed": "申請人驗證碼不符",
    "applicant:proved": "申請人以驗證碼確認信箱",
    "application:checked": "查核申請人資格",
    "application:deletion_asked": "申請人請求刪除已滿保存期間的申請資料",
    "application:filed": "收受調閱申請單",
    "application:linked": "連結同一事件的申請",
    "application:reported": "登記通報情形",
    "application:head_excluded": "首長與案件有利害關係，改由代理人或負責人核定",
    "application:one_person": "由補登或查核申請的人核定，核定前已提醒",
    "application:printed": "列印歸檔用調閱申請單（完整證號）",
    "application:signed": "簽核調閱申請單",
    "application:unlinked": "取消連結申請",
    "camera:added": "新增鏡頭",
    "camera:retired": "停用鏡頭",
    "chain:anchored": "稽核軌跡存證",
    "chain:restored": "還原後補回稽核軌跡",
    "chain:stamped": "稽核軌跡存證取得時戳",
    "chain:started": "開始稽核軌跡",
    "copies:missing": "巡檢發現保存的複本遺失",
    "custodian:appointed": "指派停辦機構資料保管人",
    "custody:read": "保管人查閱資料",
    "custody:taken": "承接停辦機構的資料保管",
    "day_keys:made": "製作每日金鑰",
    "deputy:appointed": "指派職務代理人",
    "deputy:revoked": "撤銷職務代理",
    "destruction:begun": "開始銷毀",
    "destruction:certified": "完成銷毀並出具證明",
    "destruction:stop_over": "暫停銷毀的情形已消失",
    "destruction:stop_released": "核可暫停的銷毀",
    "destruction:stopped": "暫停銷毀，等候核可",
    "device:enrolled": "邊緣主機註冊",
    "device:revoked": "撤銷邊緣主機",
    "device:token_issued": "核發邊緣主機註冊碼",
    "device:token_withdrawn": "撤回邊緣主機註冊碼",
    "disclosure:chased": "催請返還或銷毀影像",
    "disclosure:closed": "結案",
    "disclosure:collected": "領取影像",
    "disclosure:completed": "補正",
    "disclosure:copy_ended": "回報影像已返還或銷毀",
    "disclosure:decided": "作成決定",
    "disclosure:filed": "收文",
    "disclosure:handed_over": "當面交付影像",
    "disclosure:link_issued": "核發領取連結",
    "disclosure:passphrase_forgotten": "通行碼未告知即作廢",
    "disclosure:passphrase_shown": "顯示通行碼",
    "disclosure:medium_prepared": "登記交付媒體",
    "disclosure:reopened": "重新開放領取",
    "disclosure:reopening_asked": "承辦人請求重新開放領取",
    "disclosure:replied": "函復",
    "disclosure:returned": "退請補正",
    "disclosure:revoked": "撤銷領取",
    "disclosure:taken_out": "下載影像至交付媒體",
    "disclosure:told": "寄發通知",
    "disclosure:viewed": "到場調閱",
    "disclosure:withdrawn": "撤回",
    "document:reached_out": "電子公文指向外部，未讀取",
    "footage:confirmed": "收到影像片段清單",
    "footage:found": "巡檢時影像已尋回",
    "footage:gaps_reported": "回報未錄到的時段",
    "footage:mismatched": "影像與清單不符",
    "footage:missing": "巡檢發現影像遺失",
    "footage:refused": "拒收影像",
    "footage:stored": "影像已入庫",
    "hold:called_for": "緊急保全",
    "hold:copied": "保全影像已另存",
    "hold:destroyed": "保全影像已銷毀",
    "hold:ending": "定保全屆滿日",
    "hold:extended": "展延保全",
    "hold:lapsing": "通知緊急保全即將失效",
    "hold:placed": "先行保全",
    "hold:released": "解除保全",
    "hold:taken_over": "案件承接緊急保全",
    "hold:told": "寄發緊急保全通知",
    "keys:compared": "還原資料庫後核對金鑰",
    "keys:rewrapped": "以新的主金鑰重新包裝金鑰",
    "index:dropped": "移除已銷毀日期的索引",
    "index:rebuilt": "由儲存內容重建索引",
    "letter:read": "開啟公文掃描檔",
    "letter:received": "收到公文掃描檔",
    "master_key:added": "加入主金鑰",
    "master_key:retired": "移除主金鑰",
    "master_key:used": "啟用主金鑰",
    "membership:ended": "結束指派",
    "membership:granted": "指派角色",
    "membership:transfer_scheduled": "預定離職或調職的交接",
    "membership:transfer_withdrawn": "撤回預定的交接",
    "misuse:closed": "不當使用或洩密案件結案",
    "misuse:measure_noted": "登記不當使用或洩密的處置",
    "misuse:reported": "登記不當使用或洩密",
    "misuse:suspected": "登記不當使用或洩密的涉嫌人員",
    "misuse:viewing_linked": "將調閱場次連結至不當使用或洩密案件",
    "package:built": "影像複製完成",
    "package:cut_off": "影像傳送中斷",
    "package:destroyed": "影像複製檔已銷毀",
    "package:lacking": "核准時段沒有影像可複製",
    "package:sent": "伺服器已送出全部內容；無法確認對方是否完整收到",
    "package:watched": "播放影像",
    "panel:adopted": "登記由專案小組審查的校內規定",
    "panel:attendance_noted": "登記專案小組出席情形",
    "panel:code_asked": "專案小組成員要求驗證碼",
    "panel:code_made": "製作專案小組成員驗證碼",
    "panel:code_refused": "專案小組成員驗證碼錯誤",
    "panel:convened": "召集專案小組",
    "panel:corrected": "更正專案小組出席紀錄",
    "panel:entered": "專案小組成員以連結進入",
    "panel:invited_again": "重寄專案小組開會通知",
    "panel:left": "專案小組成員離開",
    "panel:link_issued": "核發專案小組成員連結",
    "panel:member_declared": "專案小組成員聲明利害關係與保密",
    "panel:member_replaced": "更換專案小組成員",
    "panel:minuted": "登記專案小組會議紀錄",
    "panel:moved": "變更專案小組開會時間",
    "panel:opinion_given": "專案小組成員表示意見",
    "panel:resolved": "專案小組議決",
    "panel:statement_recorded": "登記專案小組成員的紙本聲明與切結",
    "panel:told": "寄發專案小組通知",
    "paper:read": "開啟紙本掃描檔",
    "paper:scanned": "收存紙本掃描檔",
    "policy:adopted": "登記本機構通過的保存天數",
    "policy:withdrawn": "撤回尚未生效的保存天數",
    "records_key:made": "製作文件金鑰",
    "register:copied": "列印或匯出調閱登記簿",
    "register:corrected": "以更正列更正調閱登記簿",
    "register:entered": "登載於調閱登記簿",
    "register:paper_entered": "補登紙本於調閱登記簿",
    "regulation:scheduled": "排定規定的新版本",
    "regulation:withdrawn": "撤回尚未生效的新版本",
    "retained:checked": "驗證備查複製本",
    "retained:destroyed": "備查複製本已銷毀並出具證明",
    "retained:ended": "決定銷毀備查複製本",
    "retained:extended": "續存備查複製本",
    "retained:kept": "登記備查複製本的保管人與處所",
    "retained:made": "製作備查複製本",
    "retained:opened": "開啟備查複製本",
    "retained:watched": "播放備查複製本",
    "rights:answered": "決定個人資料權利的請求",
    "rights:carried_out": "登記個人資料權利請求的辦理情形",
    "rights:closed": "個人資料權利案件結案",
    "rights:entered": "收受個人資料權利的請求",
    "rights:extended": "延長個人資料權利請求的期限",
    "rights:copy_prepared": "登記遮蔽複製本的媒體",
    "rights:copy_read_back": "讀回核對遮蔽複製本",
    "rights:copy_sent": "遮蔽複製本下載完成或中斷",
    "rights:copy_taken": "下載遮蔽複製本",
    "rights:masked": "設定遮蔽範圍",
    "rights:masks_confirmed": "確認遮蔽結果",
    "rights:reviewed": "完成個人資料權利請求的法律審查",
    "rights:watched": "開啟個人資料權利請求的影像",
    "rights:withdrawn": "撤回個人資料權利的請求",
    "signing_certificate:made": "製作機構簽章憑證",
    "site:added": "新增場所",
    "site:capacity_declared": "登記規劃儲存容量",
    "store:unrecognised": "儲存空間無法辨認，未作判斷",
    "stray:approved": "核定銷毀來源不明的物件",
    "stray:destroyed": "銷毀來源不明的物件",
    "stray:proposed": "提出銷毀來源不明的物件",
    "stray:replaced": "來源不明的物件已變更，退回隔離",
    "stray:withdrawn": "撤回銷毀來源不明物件的提議",
    "strays:quarantined": "隔離來源不明的物件",
    "strays:settled": "來源不明的物件已有紀錄或已不在",
    "tenant:added": "開通機構",
    "tenant:closed": "停辦生效",
    "tenant:closing_scheduled": "登記停辦",
    "tenant:closing_withdrawn": "撤回停辦登記",
    "tenant:name_begun": "更名生效",
    "tenant:name_withdrawn": "撤回尚未生效的更名",
    "tenant:phone_changed": "變更聯絡電話",
    "tenant:renamed": "登記更名",
    "viewing:appointed": "約定到場調閱時間",
    "viewing:begun": "開始陪同調閱",
    "viewing:breached": "通報調閱違規",
    "viewing:called_off": "取消約定的到場調閱",
    "viewing:confirmed": "陪同人員確認在場",
    "viewing:ended": "結束陪同調閱",
    "viewing:handed_over": "陪同人員交接",
    "viewing:marked": "標記影像時間點",
    "viewing:opened": "開啟調閱時段",
    "viewing:paused": "停止播放",
    "viewing:resumed": "繼續播放",
    "viewing:traced": "以畫面上的代碼追查調閱場次",
}
# What the service does by itself, by the name of the job's function; a test keeps the list equal to the jobs.
JOB_NAMES: Mapping[Job, str] = {
    Job.ANCHOR_CHAIN: "稽核軌跡定期存證",
    Job.BUILD_PACKAGE: "製作影像複製檔",
    Job.CARRY_OUT_CHANGES: "更名與停辦生效",
    Job.CERTIFY_DESTRUCTION: "驗證銷毀並出具證明",
    Job.CHASE_COPY: "催請返還或銷毀影像",
    Job.CHECK_SEGMENTS: "核對上傳的影像",
    Job.CHECK_STORE: "核對儲存空間的規則與公開情形",
    Job.COPY_HOLD: "另存保全影像",
    Job.DESTROY_DAY: "到期影像銷毀",
    Job.DESTROY_HOLD: "銷毀已解除的保全影像",
    Job.DESTROY_PACKAGE: "銷毀已結案的影像複製檔",
    Job.DESTROY_RETAINED_COPY: "銷毀不再保存的備查複製本",
    Job.DESTROY_STRAY: "銷毀核定的來源不明物件",
    Job.DROP_PARTITION: "移除已銷毀日期的索引",
    Job.END_HOLDS: "結束屆滿的保全",
    Job.FORGET_APPLICANTS: "清除未送出的申請資料",
    Job.MAKE_KEYS: "製作每日金鑰",
    Job.MAKE_RETAINED_COPY: "製作備查複製本",
    Job.NIGHTLY: "每夜例行作業",
    Job.RECONCILE: "儲存內容巡檢排程",
    Job.RECONCILE_AREA: "儲存內容巡檢",
    Job.SEND_HOLD_MAIL: "寄送緊急保全通知",
    Job.SEND_CODE: "寄送驗證碼",
    Job.SEND_MAIL: "寄送通知",
    Job.SEND_PANEL_MAIL: "寄送專案小組通知",
    Job.SETTLE_VIEWINGS: "結束中斷的調閱場次",
    Job.STAMP_HEADS: "為稽核軌跡的存證取得時戳",
    Job.SWEEP: "定期巡檢",
    Job.SWEEP_TENANT: "定期巡檢本機構",
    Job.TAKE_DAY: "統計每日合規情形",
    Job.TAKE_NOW: "統計目前合規情形",
    Job.TAKE_NOW_ALL: "統計全市目前合規情形",
}
_JOB_OF_FUNCTION = {job.rsplit(".", 1)[-1]: name for job, name in JOB_NAMES.items()}
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
    """Who did something, as people call it: a job by its words, a person by their name."""
    return _JOB_OF_FUNCTION.get(name, name)


def _who(event: AuditEvent) -> str:
    return done_by(event.actor_name) if event.actor_kind == ActorKind.SYSTEM else event.actor_name


def _roles(event: AuditEvent) -> str:
    return "、".join(map(_role, filter(None, event.actor_roles.split(","))))


def _role(said: str) -> str:
    """A role as it is called, with 代 or 代為決行 of whoever only acted in it."""
    role, _, acting = said.partition(":")
    return f"{ROLE_NAMES[Role(role)]}（{acting}）" if acting else ROLE_NAMES[Role(role)]


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return "，".join(f"{FIELD_NAMES.get(name, name)} {_plain(inner)}" for name, inner in value.items())
    return "、".join(map(_plain, value)) if isinstance(value, list) else str(value)
