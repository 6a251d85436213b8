"""The second step: why, and when it happened (KH-6-2c to KH-6-2e, KH-6-3a, TY-5-1b, TY-5-1d)."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from infra import clock
from tenants.disclosures.insider import rules
from tenants.disclosures.insider.purpose import LONGEST_RIGHT, RIGHTS
from tenants.disclosures.insider.rules import GROUND_NAMES, Ground, Incident
from tenants.errors import Invalid, refusals
from tenants.profiles import RuleProfile
from webapp.form_fields import ClockField, OneOf, RocDateField, Stated, options, read_instant
from webapp.forms import Form

ORDER = ("ground", "right", "right_other", "reason", "from_day", "from_time", "until_day", "until_time")
# In a parent's words, beside the regulation's.
GROUND_HINTS: Mapping[Ground, str] = {
    Ground.SUSPECTED_MISTREATMENT: "懷疑孩子遭到打罵、疏忽或其他不當對待。",
    Ground.GENDER_INCIDENT: "性騷擾、性霸凌等。案件會以案號保密處理。",
    Ground.WORKPLACE_BULLYING: "教職員在工作中遭到霸凌。",
    Ground.UNLAWFUL_HARM_ON_DUTY: "教職員在工作中遭人傷害、威脅。",
    Ground.ACCIDENT: "跌倒、碰撞、受傷等。",
    Ground.PERSONAL_RIGHTS: "例如財物遺失、毀損。請在下方指明是哪一項權益，並說明為何需要影像。",
}
OTHER_RIGHT, NO_RIGHT = "其他", "說不上來"


class WhatForm(Form):
    """What happened. An empty 迄日 means the day of 起日."""

    ground = OneOf("申請的事由", unknown="請從清單中選取事由。")
    right = OneOf("涉及哪一項個人權益", unknown="請從清單中選取涉及的權益。")
    right_other = StringField("其他權益", [Length(max=LONGEST_RIGHT, message="最多 %(max)d 字。")])
    reason = TextAreaField("發生了什麼事", [Stated("請說明發生了什麼事。")])
    from_day = RocDateField("發生日期")
    from_time = ClockField("開始時間")
    until_day = RocDateField("結束日期")
    until_time = ClockField("結束時間")
    _rule: RuleProfile
    _start: datetime | None = None
    _end: datetime | None = None

    def offer(self, rule: RuleProfile) -> None:
        """Say by which regulation; its only ground needs no choice."""
        self._rule = rule
        grounds = [Ground(each) for each in rule.insider.grounds]
        self.ground.choices = options((each.value, GROUND_NAMES[each]) for each in grounds)
        rights = (*RIGHTS, OTHER_RIGHT, NO_RIGHT)
        self.right.choices = options([("", "請選擇"), *((each, each) for each in rights)])
        self.right.data = self.right.data or ""
        if len(grounds) == 1 and not self.ground.raw_data:
            self.ground.data = grounds[0].value

    def wrong(self) -> Iterable[Invalid]:
        """The regulation's grounds, and the incident where the regulation asks for it."""
        yield from refusals(self._check_ground, self._check_right, self._check_reason)
        if self._asks_incident:
            yield from self._incident_faults()

    @property
    def incident(self) -> Incident | None:
        """事件發生期間, where the regulation limits the window to it. Only after `validate`."""
        if not self._asks_incident or self._start is None or self._end is None:
            return None
        return Incident(started_at=self._start, ended_at=self._end)

    @property
    def right_named(self) -> str:
        """涉及的權益 in words; empty for another ground, and where it cannot be said. Only after `validate`."""
        chosen = str(self.right.data or "")
        if self.ground.data != Ground.PERSONAL_RIGHTS or chosen == NO_RIGHT:
            return ""
        return str(self.right_other.data or "").strip() if chosen == OTHER_RIGHT else chosen

    @property
    def _asks_incident(self) -> bool:
        return self._rule.insider.window_limit == "incident_period"

    def _check_ground(self) -> None:
        rules.check_ground(str(self.ground.data or ""), self._rule)

    def _check_right(self) -> None:
        if self.ground.data != Ground.PERSONAL_RIGHTS:
            return
        if not self.right.data:
            raise Invalid("請指明涉及哪一項個人權益；說不上來時也請選取，再於下方說明。", field="right")
        if self.right.data == OTHER_RIGHT and not self.right_named:
            raise Invalid("選「其他」時，請寫下是哪一項權益。", field="right_other")

    def _check_reason(self) -> None:
        rules.check_reason(str(self.reason.data or ""))

    def _incident_faults(self) -> Iterable[Invalid]:
        if self.until_day.data is None and not self.until_day.errors:
            self.until_day.data = self.from_day.data
        for field, sentence in (
            (self.from_day, "請填寫發生日期，例如 115/11/18。"),
            (self.from_time, "請填寫大約的開始時間，例如 10:05。"),
            (self.until_time, "請填寫大約的結束時間，例如 10:20。"),
        ):
            if not field.data:
                yield Invalid(sentence, field=field.name)
        self._start = read_instant(self.from_day, self.from_time)
        self._end = read_instant(self.until_day, self.until_time)
        if self._start is not None and self._start >= clock.now():
            yield Invalid("這個時間還沒有到。請檢查日期與時間。", field="from_day")
        elif self._start is not None and self._end is not None and self._end <= self._start:
            yield Invalid("結束時間必須晚於開始時間。", field="until_time")
