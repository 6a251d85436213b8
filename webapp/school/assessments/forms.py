"""Untrusted input about zones and cameras -> typed values."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Self

from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import Length

from tenants.registry.assessments import rules
from tenants.registry.assessments.models import ZoneAssessment
from tenants.registry.assessments.rules import Decision, Look, TypedAssessment, TypedReview
from tenants.registry.models import Camera, Site
from tenants.registry.zones import GROUP_NAMES, ZONE_NAMES, Zone, group_of
from webapp.form_fields import ClockField, OneOf, RocDateField, Stated, options, read_instant
from webapp.forms import Form

_MOST = Length(max=500, message="最多 %(max)d 字。")
DECISION_NAMES = {Decision.INSTALL: "設置", Decision.OMIT: "不設置"}
LOOK_NAMES = {Look.ON_SITE: "在現場查看（門開啟時也看過）", Look.INSTALLERS_SCREEN: "在安裝人員的螢幕上查看"}
ZONES = options((zone.value, f"{GROUP_NAMES[group_of(zone)]}：{name}") for zone, name in ZONE_NAMES.items())


class AssessmentForm(Form):
    """An assessment of a zone."""

    site = OneOf("場所")
    zone = OneOf("設置區域", choices=ZONES)
    place = StringField("地點", [_MOST])
    nappy_table = BooleanField("活動室內有尿布台")
    decision = OneOf("評估結果", choices=options((each.value, words) for each, words in DECISION_NAMES.items()))
    need = StringField("設置需求或考量", [_MOST])
    reason = TextAreaField("決定的理由", [_MOST])
    privacy_note = TextAreaField("隱私註記", [_MOST])
    assessor = StringField("評估人員", [_MOST])
    assessed_on = RocDateField("評估日期")
    meeting = StringField("會議", [_MOST])

    @classmethod
    def of(cls, sites: Iterable[Site], *, fresh: bool = False) -> Self:
        """The form with the institution's sites to choose from."""
        form = cls(formdata=None) if fresh else cls()
        form.site.choices = options((str(site.id), site.name) for site in sites)
        return form

    def typed(self, today: date) -> TypedAssessment | None:
        """As the domain takes it, or None with every fault beside its field."""
        self.validate()
        if self.zone.errors or self.decision.errors:
            return None
        said = TypedAssessment(
            zone=Zone(self.zone.data),
            place=self.place.data or "",
            need=self.need.data or "",
            decision=Decision(self.decision.data),
            reason=self.reason.data or "",
            assessor=self.assessor.data or "",
            assessed_on=self.assessed_on.data,
            meeting=self.meeting.data or "",
            privacy_note=self.privacy_note.data or "",
            nappy_table=bool(self.nappy_table.data),
        )
        return said if self.tell(rules.faults_of_assessment(said, today=today)) else None


class LinkForm(Form):
    """On which assessment a camera rests."""

    camera = OneOf("鏡頭")
    assessment = OneOf("依據的評估")

    @classmethod
    def of(cls, cameras: Iterable[Camera], found: Iterable[ZoneAssessment], *, fresh: bool = False) -> Self:
        """The form with the cameras in use and the living assessments for one."""
        form = cls(formdata=None) if fresh else cls()
        form.camera.choices = options((str(each.id), f"{each.name}（{each.code}）") for each in cameras)
        form.assessment.choices = options(
            (str(each.id), f"{ZONE_NAMES[Zone(each.zone)]} {each.place}".strip()) for each in found
        )
        return form


class CameraForm(Form):
    """A new camera."""

    site = OneOf("場所")
    code = StringField("代碼", [Stated("請填寫代碼，例如 C-GATE。"), _MOST])
    name = StringField("名稱", [_MOST])
    zone = OneOf("設置區域", choices=ZONES)
    audio = BooleanField("這支鏡頭會收音")
    reviewed = BooleanField("名稱像在盥洗室內部，但鏡頭確實設在入口前；登記後立即由第二人查看，查看前不播放")

    @classmethod
    def of(cls, sites: Iterable[Site], *, fresh: bool = False) -> Self:
        """The form with the institution's sites to choose from."""
        form = cls(formdata=None) if fresh else cls()
        form.site.choices = options((str(site.id), site.name) for site in sites)
        return form


class ReviewForm(Form):
    """A second person's signed word on what a camera before a washroom shows."""

    day = RocDateField("查看日期", [Stated("請填寫查看日期，例如 115/11/20。")])
    time = ClockField("查看時間", [Stated("請填寫查看時間，例如 09:00。")])
    look = OneOf("查看方式", choices=options((each.value, words) for each, words in LOOK_NAMES.items()))
    set_up_by = StringField("安裝或調整鏡頭的人")
    seen = TextAreaField("看到的範圍")
    finding = OneOf("查看結果", choices=options((("clear", "確認未攝入內部"), ("unclear", "拍得到內部，需要調整"))))
    signed = BooleanField(rules.STATEMENTS[rules.STATEMENT])

    def typed(self, *, reviewer: str, now: datetime) -> TypedReview | None:
        """As the domain takes it, or None with every fault beside its field."""
        self.validate()
        at = read_instant(self.day, self.time)
        if self.look.errors or self.finding.errors:
            return None
        said = TypedReview(
            looked_at=at or now,
            look=Look(self.look.data),
            seen=self.seen.data or "",
            set_up_by=self.set_up_by.data or "",
            is_clear=self.finding.data == "clear",
            signed=bool(self.signed.data),
        )
        return said if self.tell(rules.faults_of_review(said, reviewer=reviewer, now=now)) else None
