"""The whole access policy on one screen: roles, permissions with their meaning, and who is granted what.

When something may happen is decided elsewhere, by the rules and lifecycles of each package.
"""

from collections.abc import Mapping
from enum import Enum, StrEnum


class Role(StrEnum):
    """Held at one institution, at the bureau, or in one agency; never everywhere."""

    HEAD = "head"
    HANDLER = "handler"
    OFFICE_HEAD = "office_head"
    PLAYBACK = "playback"
    TECHNICIAN = "technician"
    GUARD = "guard"
    STAFF = "staff"
    CUSTODIAN = "custodian"
    BUREAU_OFFICER = "bureau_officer"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    AGENCY_OFFICER = "agency_officer"
    APPLICANT = "applicant"
    PANEL_MEMBER = "panel_member"


ROLE_NAMES: Mapping[Role, str] = {
    Role.HEAD: "校（園）長／負責人",
    Role.HANDLER: "監錄系統管理承辦人",
    Role.OFFICE_HEAD: "監錄系統管理處室主管",
    Role.PLAYBACK: "監錄系統操作人員",
    Role.TECHNICIAN: "監錄系統維護人員",
    Role.GUARD: "警衛",
    Role.STAFF: "教職員工",
    Role.CUSTODIAN: "停辦機構資料保管人",
    Role.BUREAU_OFFICER: "教育局承辦人",
    Role.OPERATOR: "平台維運人員",
    Role.AUDITOR: "稽核人員",
    Role.AGENCY_OFFICER: "公務機關承辦人",
    Role.APPLICANT: "申請人",
    Role.PANEL_MEMBER: "專案小組成員",
}
# What only a designation lets be granted (KH-4-2): whoever is designated, and who operates or maintains for them.
DESIGNATED_ROLES = frozenset({Role.HANDLER, Role.PLAYBACK, Role.TECHNICIAN})
SCHOOL_ROLES = frozenset({Role.HEAD, Role.OFFICE_HEAD, Role.GUARD, Role.STAFF}) | DESIGNATED_ROLES
# Held at a closed institution: given by the operator with the document that closed it, and by nobody there (DR-33).
CUSTODY_ROLES = frozenset({Role.CUSTODIAN})
BUREAU_ROLES = frozenset({Role.BUREAU_OFFICER, Role.OPERATOR, Role.AUDITOR})


class Acting(StrEnum):
    """How somebody acts in another's office, as it is printed beside their own name (DR-26, KH-A1-15)."""

    DEPUTY = "代"
    DELEGATE = "代為決行"


class Permission(Enum):
    """`subject:verb` and what it lets a person do."""

    ACCESS_READ = ("access:read", "查看權限總表")
    ACCOUNT_MANAGE = ("account:manage", "建立、停用與復用帳號")
    AGENCY_KEY_REGISTER = ("agency_key:register", "登記與停用本機關的收件公鑰")
    AGENCY_VERIFY = ("agency:verify", "核定公務機關及其承辦人")
    APPLICATION_FILE = ("application:file", "以申請單申請調閱")
    APPLICATION_PRINT = ("application:print", "列印歸檔用申請單（完整證號）")
    APPLICATION_SIGN = ("application:sign", "簽核調閱申請單")
    AUDIT_READ = ("audit:read", "查閱本機構稽核軌跡")
    BRAND_RESTRICT = ("brand:restrict", "維護限制廠牌清單")
    CALENDAR_MANAGE = ("calendar:manage", "維護學年行事曆與停班停課")
    CAMERA_MANAGE = ("camera:manage", "管理鏡頭與設置區域")
    CAMERA_READ = ("camera:read", "查看鏡頭與今日錄影狀態")
    CAPACITY_SET = ("capacity:set", "登記儲存容量")
    CERTIFICATE_AUDIT = ("certificate:audit", "查核各機構的銷毀證明與稽核證明（不含影像）")
    COMPLIANCE_READ = ("compliance:read", "查看全市合規情形（不含影像）")
    COMPLIANCE_WEIGH = ("compliance:weigh", "訂定合規的權重與目標")
    CONTACT_MANAGE = ("contact:manage", "維護機構的聯絡電話")
    DESTRUCTION_RELEASE = ("destruction:release", "核可暫停的大量銷毀")
    DEVICE_ENROL = ("device:enrol", "核發邊緣主機註冊碼")
    DISCLOSURE_COLLECT = ("disclosure:collect", "領取核准複製的影像")
    DISCLOSURE_DECIDE = ("disclosure:decide", "決定是否同意調閱")
    DISCLOSURE_FILE = ("disclosure:file", "以公文申請調閱")
    DISCLOSURE_FOLLOW = ("disclosure:follow", "查看本機關申請的案件")
    DISCLOSURE_READ = ("disclosure:read", "查看本機構的調閱案件")
    DISCLOSURE_REPLY = ("disclosure:reply", "退請補正、函復及交付")
    EMERGENCY_APPROVE = ("emergency:approve", "核可另一人請求的緊急存取")
    EMERGENCY_END = ("emergency:end", "結束緊急存取")
    EMERGENCY_READ = ("emergency:read", "查看緊急存取的紀錄")
    EMERGENCY_REQUEST = ("emergency:request", "請求緊急存取一個機構的行政資料（不含影像）")
    EMERGENCY_REVIEW = ("emergency:review", "檢討已結束的緊急存取")
    ENTRANCE_REVIEW = ("entrance:review", "複核盥洗室入口前鏡頭的拍攝範圍")
    FAULT_HANDLE = ("fault:handle", "受理報修、登記修復與結案")
    FAULT_RECHECK = ("fault:recheck", "複查修復結果")
    FAULT_REPORT = ("fault:report", "查看與通報故障")
    FAULT_TARGET_SET = ("fault_target:set", "訂定報修時限")
    FOOTAGE_WATCH = ("footage:watch", "操作核准影像的播放")
    FORM_READ = ("form:read", "列印空白表單")
    HOLD_MANAGE = ("hold:manage", "延長、展延及結束保全")
    HOLD_READ = ("hold:read", "查看保全與延長保存")
    IMPROVEMENT_ANSWER = ("improvement:answer", "回復教育局要求的改善事項")
    LETTER_DRAFT = ("letter:draft", "草擬給機構的函稿（不寄出）")
    MISUSE_HANDLE = ("misuse:handle", "登記與處理不當使用或洩密")
    HOURS_SET = ("hours:set", "登記本機構的開放時間")
    HOLD_URGENT = ("hold:urgent", "緊急保全一段影像（不顯示影像）")
    NOTICE_READ = ("notice:read", "查看本機構寄出的通知")
    PANEL_MANAGE = ("panel:manage", "召集專案小組並登記決議")
    PANEL_SIT = ("panel:sit", "擔任專案小組成員")
    PAPER_ENTER = ("paper:enter", "補登紙本、附掃描檔及更正登記簿")
    PEOPLE_MANAGE = ("people:manage", "指派與停用本機構人員")
    PLATFORM_READ = ("platform:read", "查看平台健康情形")
    POLICY_ADOPT = ("policy:adopt", "登記本機構通過的保存天數")
    PROPERTY_CONFIRM = ("property:confirm", "載明使用限制廠牌的理由")
    PROPERTY_KEEP = ("property:keep", "登記財產、交接保管與報廢")
    REGISTER_READ = ("register:read", "查看調閱登記簿")
    REGULATION_SCHEDULE = ("regulation:schedule", "排定規定的新版本")
    RETAINED_KEEP = ("retained:keep", "登記備查複製本的保管人與保管處所")
    RETAINED_REVIEW = ("retained:review", "決定備查複製本續存或銷毀")
    RETENTION_READ = ("retention:read", "查看保存期限與銷毀證明")
    RIGHTS_ANSWER = ("rights:answer", "決定個人資料權利的請求")
    RIGHTS_HANDLE = ("rights:handle", "收受與辦理個人資料權利的請求")
    SAMPLE_DRAW = ("sample:draw", "抽查調閱案件並要求改善（不含影像與內容）")
    STRAY_DESTROY = ("stray:destroy", "提出或核定銷毀來源不明的物件")
    TENANT_MANAGE = ("tenant:manage", "開通與維護機構")
    TIMELINE_READ = ("timeline:read", "查看錄影時間軸（不含影像）")
    UNDERTAKING_SIGN = ("undertaking:sign", "簽署自己的保密切結")
    UPKEEP_READ = ("upkeep:read", "查看檢查、保養與抽驗紀錄")
    UPKEEP_RECORD = ("upkeep:record", "登記檢查、複查與保養")
    UPKEEP_SCHEDULE = ("upkeep:schedule", "訂定本機構的檢查週期")
    VIEWING_TRACE = ("viewing:trace", "以畫面上的代碼追查調閱場次（不含影像）")
    ZONE_ASSESS = ("zone:assess", "登記設置區域的評估")
    ZONE_CONFIRM = ("zone:confirm", "確認其他區域，核可未複核鏡頭的播放")

    def __init__(self, key: str, meaning: str) -> None:
        self.key = key
        self.meaning = meaning


# The three duties of whoever is designated (KH-4-2, TY-3-1b), and what each may that nobody else at a school may do
# but the head, who manages and never operates.
class Duty(Enum):
    """`cctv.*` and what it lets a person do."""

    MANAGE = "cctv.manage"
    OPERATE = "cctv.operate"
    MAINTAIN = "cctv.maintain"


DUTIES: Mapping[Role, frozenset[Duty]] = {
    Role.HANDLER: frozenset(Duty),
    Role.PLAYBACK: frozenset({Duty.OPERATE}),
    Role.TECHNICIAN: frozenset({Duty.MAINTAIN}),
}
BUNDLES: Mapping[Duty, frozenset[Permission]] = {
    Duty.MANAGE: frozenset({Permission.DISCLOSURE_REPLY, Permission.PAPER_ENTER, Permission.PANEL_MANAGE}),
    Duty.OPERATE: frozenset({Permission.FOOTAGE_WATCH}),
    Duty.MAINTAIN: frozenset({Permission.CAMERA_MANAGE, Permission.DEVICE_ENROL}),
}

_HEAD, _HANDLER, _GUARD, _STAFF = Role.HEAD, Role.HANDLER, Role.GUARD, Role.STAFF
_OFFICE, _APPLICANT = Role.OFFICE_HEAD, Role.APPLICANT
_PLAYS, _MAINTAINS = Role.PLAYBACK, Role.TECHNICIAN
_CUSTODIAN = Role.CUSTODIAN
_BUREAU, _OPERATOR, _AUDITOR, _AGENCY = Role.BUREAU_OFFICER, Role.OPERATOR, Role.AUDITOR, Role.AGENCY_OFFICER

# The head decides but does not operate, the handler operates but does not decide (KH-4-2, KH-6-1g); nobody at the
# bureau holds a permission that leads to a picture (KH-1-3, DR-09). A custodian ends what a closed institution left
# open, in its head's place, and begins nothing: no cameras, devices or periods.
GRANTS: Mapping[Permission, frozenset[Role]] = {
    Permission.ACCESS_READ: frozenset({_BUREAU, _OPERATOR, _AUDITOR}),
    Permission.ACCOUNT_MANAGE: frozenset({_OPERATOR}),
    Permission.AGENCY_KEY_REGISTER: frozenset({_AGENCY}),
    Permission.AGENCY_VERIFY: frozenset({_OPERATOR}),
    Permission.APPLICATION_FILE: frozenset({_APPLICANT, _HANDLER, _OFFICE, _GUARD, _STAFF, _PLAYS, _MAINTAINS}),
    Permission.APPLICATION_PRINT: frozenset({_HEAD, _CUSTODIAN, _HANDLER}),
    Permission.APPLICATION_SIGN: frozenset({_HEAD, _CUSTODIAN, _HANDLER, _OFFICE}),
    Permission.AUDIT_READ: frozenset({_HEAD, _CUSTODIAN, _HANDLER, _AUDITOR}),
    Permission.BRAND_RESTRICT: frozenset({_BUREAU}),
    Permission.CALENDAR_MANAGE: frozenset({_BUREAU}),
    Permission.CAMERA_MANAGE: frozenset({_HEAD, _HANDLER, _MAINTAINS}),
    Permission.CAMERA_READ: frozenset({_HEAD, _CUSTODIAN, _HANDLER, _OFFICE, _GUARD, _STAFF, _PLAYS, _MAINTAINS}),
    Permission.CAPACITY_SET: frozenset({_OPERATOR}),
    Permission.CERTIFICATE_AUDIT: frozenset({_AUDITOR}),
    Permission.COMPLIANCE_READ: frozenset({_BUREAU, _AUDITOR}),
    Permission.COMPLIANCE_WEIGH: frozenset({_BUREAU}),
    Permission.CONTACT_MANAGE: frozenset({_HEAD, _OPERATOR}),
    Permission.DESTRUCTION_RELEASE: frozenset({_HEAD, _CUSTODIAN}),
    Permission.DEVICE_ENROL: frozenset({_HEAD, _HANDLER, _MAINTAINS}),
    Permission.DISCLOSURE_COLLECT: frozenset({_AGENCY}),
    Permission.DISCLOSURE_DECIDE: frozenset({_HEAD, _CUSTODIAN}),
    Permission.DISCLOSURE_FILE: frozenset({_AGENCY}),
    Permission.DISCLOSURE_FOLLOW: frozenset({_AGENCY}),
    Permission.DISCLOSURE_READ: frozenset({_HEAD, _CUSTODIAN, _HANDLER, _OFFICE, _PLAYS}),
    Permission.DISCLOSURE_REPLY: frozenset({_HEAD, _CUSTODIAN, _HANDLER}),
    # Two open it, a third reviews it, and the institution reads all of it and ends it (infra/decisions/0060).
    Permission.EMERGENCY_APPROVE: frozenset({_OPERATOR, _AUDITOR}),
    Permission.EMERGENCY_END: frozenset({_HEAD, _CUSTODIAN, _HANDLER, _OPERATOR, _AUDITOR}),
    Permission.EMERGENCY_READ: frozenset({_HEAD, _CUSTODIAN, _HANDLER, _BUREAU, _OPERATOR, _AUDITOR}),
    Permission.EMERGENCY_REQUEST: frozenset({_OPERATOR}),
    Permission.EMERGENCY_REVIEW: frozenset({_BUREAU, _AUDITOR}),
    Permission.ENTRANCE_REVIEW: frozenset({_HEAD, _HANDLER, _OFFICE, _STAFF}),
    Permission.FAULT_HANDLE: frozenset({_HEAD, _HANDLER, _OFFICE, _MAINTAINS}),
    Permission.FAULT_RECHECK: frozenset({_HEAD, _HANDLER, _OFFICE, _GUARD}),
    Permission.FAULT_REPORT: frozenset({_HEAD, _HANDLER, _OFFICE, _GUARD, _STAFF, _PLAYS, _MAINTAINS}),
    Permission.FAULT_TARGET_SET: frozenset({_BUREAU}),
    Permission.FOOTAGE_WATCH: frozenset({_HANDLER, _PLAYS}),
    Permission.FORM_READ: frozenset({_HEAD, _CUSTODIAN, _HANDLER, _OFFICE, _GUARD, _STAFF, _PLAYS, _MAINTAINS}),
    Permission.HOLD_MANAGE: frozenset({_HEAD, _CUSTODIAN}),
    Permission.HOLD_READ: frozenset({_HEAD, _CUSTODIAN, _HANDLER}),
    Permission.HOURS_SET: frozenset({_HEAD, _HANDLER}),
    Permission.MISUSE_HANDLE: frozenset({_HEAD, _CUSTODIAN, _HANDLER}),
    Permission.IMPROVEMENT_ANSWER: frozenset({_HEAD, _CUSTODIAN, _HANDLER}),
    Permission.LETTER_DRAFT: frozenset({_BUREAU}),
    # Whoever the police finds at the door or on the telephone: it shows nothing (DR-02).
    Permission.HOLD_URGENT: frozenset({_HEAD, _CUSTODIAN, _HANDLER, _OFFICE, _GUARD, _BUREAU}),
    Permission.NOTICE_READ: frozenset({_HEAD, _CUSTODIAN}),
    Permission.PANEL_MANAGE: frozenset({_HEAD, _CUSTODIAN, _HANDLER}),
    Permission.PANEL_SIT: frozenset({_HEAD, _CUSTODIAN, _HANDLER, _OFFICE, _STAFF, Role.PANEL_MEMBER}),
    Permission.PAPER_ENTER: frozenset({_HEAD, _HANDLER}),
    Permission.PEOPLE_MANAGE: frozenset({_HEAD, _CUSTODIAN, _OPERATOR}),
    Permission.PLATFORM_READ: frozenset({_OPERATOR}),
    Permission.POLICY_ADOPT: frozenset({_HEAD}),
    Permission.PROPERTY_CONFIRM: frozenset({_HEAD}),
    Permission.PROPERTY_KEEP: frozenset({_HEAD, _HANDLER}),
    Permission.REGISTER_READ: frozenset({_HEAD, _CUSTODIAN, _HANDLER, _OFFICE, _PLAYS}),
    Permission.REGULATION_SCHEDULE: frozenset({_BUREAU}),
    Permission.RETAINED_KEEP: frozenset({_HEAD, _CUSTODIAN, _HANDLER}),
    Permission.RETAINED_REVIEW: frozenset({_HEAD, _CUSTODIAN}),
    Permission.RETENTION_READ: frozenset({_HEAD, _CUSTODIAN, _HANDLER}),
    Permission.RIGHTS_ANSWER: frozenset({_HEAD, _CUSTODIAN}),
    Permission.RIGHTS_HANDLE: frozenset({_HEAD, _CUSTODIAN, _HANDLER}),
    Permission.SAMPLE_DRAW: frozenset({_AUDITOR}),
    Permission.STRAY_DESTROY: frozenset({_HEAD, _CUSTODIAN, _HANDLER, _BUREAU, _OPERATOR}),
    Permission.TENANT_MANAGE: frozenset({_OPERATOR}),
    Permission.TIMELINE_READ: frozenset({_HEAD, _CUSTODIAN, _HANDLER, _PLAYS}),
    Permission.UNDERTAKING_SIGN: frozenset({_HANDLER, _PLAYS, _MAINTAINS}),
    Permission.UPKEEP_READ: frozenset({_HEAD, _CUSTODIAN, _HANDLER, _OFFICE}),
    Permission.UPKEEP_RECORD: frozenset({_HEAD, _HANDLER, _OFFICE}),
    Permission.UPKEEP_SCHEDULE: frozenset({_HEAD}),
    # A picture that leaked names no institution, so an auditor asks all of them (KH-5-1c).
    Permission.VIEWING_TRACE: frozenset({_HEAD, _CUSTODIAN, _HANDLER, _AUDITOR}),
    Permission.ZONE_ASSESS: frozenset({_HEAD, _HANDLER}),
    Permission.ZONE_CONFIRM: frozenset({_HEAD, _CUSTODIAN}),
}
# What somebody who acts in an office may of what it may. A deputy stands in for the holder, but says not who holds
# what; to whom part was delegated (分層負責) only decides, and sees what is decided.
NOT_BY_DEPUTY = frozenset({Permission.PEOPLE_MANAGE})
ACTING_MAY: Mapping[Acting, frozenset[Permission]] = {
    Acting.DEPUTY: frozenset(Permission) - NOT_BY_DEPUTY,
    Acting.DELEGATE: frozenset(
        {
            Permission.APPLICATION_SIGN,
            Permission.DISCLOSURE_DECIDE,
            Permission.DISCLOSURE_READ,
            Permission.REGISTER_READ,
        }
    ),
}
