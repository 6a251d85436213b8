"""What a regulation says, as frozen dataclasses. None always means that the text is silent (requirements section 1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import ConfigDict

# What a screen shows beside a rule that is ours or the school's, and not the regulation's.
OUR_DEFAULT = "本系統預設"


class Clause(StrEnum):
    """A rule that a screen may cite. Each profile names its article, or is silent about it."""

    ACCOMPANIMENT = "accompaniment"
    AGENCY_ACCESS = "agency_access"
    AGENCY_COPY = "agency_copy"
    AGENCY_DOCUMENT = "agency_document"
    AGENCY_REPLY = "agency_reply"
    AUDIO = "audio"
    CALIBRATION = "calibration"
    CONFIDENTIALITY = "confidentiality"
    CONSENT = "consent"
    CONTINUITY = "continuity"
    DESIGNATION = "designation"
    EQUIPMENT = "equipment"
    FAULTS = "faults"
    INSIDER_ACCESS = "insider_access"
    INSIDER_COPY_BAN = "insider_copy_ban"
    INSPECTION = "inspection"
    LEAVERS = "leavers"
    LOCAL_POLICY = "local_policy"
    MAINTENANCE_RECORDS = "maintenance_records"
    PANEL = "panel"
    PANEL_MEMBERS = "panel_members"
    PROPERTY = "property"
    PURPOSE = "purpose"
    RECORDS_KEPT = "records_kept"
    REFUSAL_WHEN_GONE = "refusal_when_gone"
    REGISTER = "register"
    RETAINED_COPY = "retained_copy"
    RETAINED_COPY_DISPOSAL = "retained_copy_disposal"
    RETENTION_EXCEPTIONS = "retention_exceptions"
    RETENTION_MAX = "retention_max"
    RETENTION_MIN = "retention_min"
    WINDOW_LIMIT = "window_limit"
    ZONES = "zones"


class _Strict:
    """A misspelt parameter in a file is an error, never silence."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=False, frozen=True)


@dataclass(frozen=True, kw_only=True)
class Terms(_Strict):
    """The words this regulation uses, character by character."""

    regulation: str
    system: str
    footage: str
    camera_place: str
    national_id: str
    annex: str
    head: str


@dataclass(frozen=True, kw_only=True)
class Policy(_Strict):
    """How an institution adopts measures of its own."""

    adoption_required: bool
    adoption_body: str | None = None


@dataclass(frozen=True, kw_only=True)
class Retention(_Strict):
    """Days that footage must stay, days after which it must be gone, and why it may stay longer."""

    min_days: int
    max_days: int
    exceptions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Panel(_Strict):
    """Whether a 專案小組 decides, and which representatives must attend."""

    required: bool
    must_attend: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Insider(_Strict):
    """Access for people of the institution: to look, never to copy."""

    grounds: tuple[str, ...]
    intake: str
    panel: Panel
    copy: bool
    window_limit: Literal["incident_period", "stated_period"]
    ban_recapture: bool | None = None
    refuse_if_past_retention_and_deleted: bool | None = None


@dataclass(frozen=True, kw_only=True)
class AgencyAccess(_Strict):
    """Access for public agencies, by official document."""

    test: str
    document_elements: tuple[str, ...]
    copy: bool
    copy_needs_necessity: bool
    reply_required: bool


@dataclass(frozen=True, kw_only=True)
class Remedies(_Strict):
    """What somebody is told who does not agree with a refusal, word for word as it is printed.

    `personal_data_…`: in the answer to a request about one's own data (個人資料保護法第十條、第十一條). An answer of a
    public school is an administrative act: 訴願 within thirty days from the day after it came (訴願法第十四條), by way
    of who made it (訴願法第五十八條). One of a private institution is none, and goes to the civil courts. What of it
    a lawyer has to confirm stands in the file.
    `agency`: in the reply to an official letter (函復), for which the regulations know no procedure of their own.
    """

    personal_data_public: str
    personal_data_private: str
    agency: str

    def personal_data(self, ownership: str) -> str:
        """What an answer of a public or of a private institution tells."""
        return self.personal_data_public if ownership == "public" else self.personal_data_private


@dataclass(frozen=True, kw_only=True)
class RetainedCopy(_Strict):
    """The institution's own copy of what it gave; whether it must or may go when it is no longer needed.

    `custodian_required`: it has to be known who keeps it and where (妥善保管).
    """

    required: bool
    custodian_required: bool
    dispose_when_unneeded: Literal["must", "may"]


@dataclass(frozen=True, kw_only=True)
class Register(_Strict):
    """The 專簿. `form` is None where the regulation orders one and prints none."""

    keep_years: int
    form: str | None = None
    rows: int | None = None


@dataclass(frozen=True, kw_only=True)
class RequestForm(_Strict):
    """The insider's application."""

    form: str
    title: str
    keep_years: int
    sign_order: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Inspection(_Strict):
    """Inspection and maintenance. `interval_months` is None where the text says only 定期."""

    form: str
    rows: int
    interval_months: int | None = None
    calibration: bool | None = None
    keep_years: int | None = None


@dataclass(frozen=True, kw_only=True)
class LiveView(_Strict):
    """Who watches live in daily work; nobody where the text says nothing."""

    allowed_roles: tuple[str, ...]
    place: str | None = None


@dataclass(frozen=True, kw_only=True)
class RuleProfile(_Strict):
    """One version of one regulation. A case keeps the version under which it was filed (DR-10)."""

    code: str
    version: str
    effective_from: date
    name: str
    institution: str
    managing_unit: str
    continuity: Literal["opening_hours", "always"]
    escort_required: bool
    terms: Terms
    policy: Policy
    retention: Retention
    insider: Insider
    agency: AgencyAccess
    remedies: Remedies
    retained_copy: RetainedCopy
    register: Register
    request_form: RequestForm
    inspection: Inspection
    live_view: LiveView
    property_rules: Mapping[str, str]
    repair_unit: str | None = None
    zones: tuple[str, ...] | None = None
    equipment_functions: tuple[str, ...] | None = None
    audio: Literal["recommended"] | None = None
    policy_bases: tuple[str, ...] = ()
    articles: Mapping[Clause, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def citation(self) -> str:
        """Code and version, as cases and certificates keep it."""
        return f"{self.code} {self.version}"

    def article(self, clause: Clause | str) -> str:
        """The article to show beside a rule, such as 「要點第五點第三款」; 「本系統預設」 where the text is silent.

        Raises `ValueError` for a clause that no regulation knows.
        """
        return self.articles.get(Clause(clause), OUR_DEFAULT)

    def text(self, clause: Clause | str) -> str:
        """The words of that article, as the regulation has them; empty where the text is silent."""
        return self.texts.get(self.article(clause), "")
