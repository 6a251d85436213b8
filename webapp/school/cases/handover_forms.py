"""What the handler types about a medium that leaves in person."""

from collections.abc import Iterable

from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import Length

from tenants.disclosures.official.actions import InPerson, Medium
from tenants.disclosures.official.in_person import given_faults
from tenants.disclosures.official.models import MediumHandover, MediumKind
from tenants.errors import Invalid
from webapp.form_fields import OneOf, Stated, options
from webapp.forms import Form

KIND_NAMES = {MediumKind.DISC: "光碟", MediumKind.USB: "隨身碟", MediumKind.DRIVE: "外接硬碟"}
_TOO_LONG = "最多 %(max)d 字，請精簡。"


class MediumForm(Form):
    """登記交付媒體: which one the copy will be written to."""

    exact = frozenset({"serial"})

    kind = OneOf("媒體種類", choices=options((kind.value, KIND_NAMES[kind]) for kind in MediumKind))
    serial = StringField(
        "媒體序號",
        [Stated("請填寫媒體的序號；沒有印製的，請自行編號並寫在媒體上。"), Length(max=100, message=_TOO_LONG)],
    )

    def medium(self) -> Medium:
        """The medium. Only after `validate`."""
        return Medium(kind=MediumKind(self.kind.data), serial=(self.serial.data or "").strip())


class HandOverForm(Form):
    """當面交付: what was read back, who takes it, and how it was signed for."""

    read_back = TextAreaField(
        "從媒體讀回的檔案雜湊（SHA-256）",
        [Stated("請輸入從媒體讀回的雜湊：全部 64 個字元，或前 8 個與後 8 個。"), Length(max=200, message=_TOO_LONG)],
    )
    name = StringField("領取人姓名", [Stated("請填寫領取人姓名。"), Length(max=100, message=_TOO_LONG)])
    title = StringField("領取人職稱", [Stated("請填寫職稱，登記簿應記載。"), Length(max=100, message=_TOO_LONG)])
    receipt_number = StringField("紙本簽收單編號", [Length(max=100, message=_TOO_LONG)])
    acknowledged = BooleanField("領取人已閱讀並願遵守")
    held: MediumHandover

    @classmethod
    def sent(cls, held: MediumHandover) -> "HandOverForm":
        """What was sent about this medium."""
        form = cls()
        form.held = held
        return form

    def wrong(self) -> Iterable[Invalid]:
        """What was read back is no copy of ours, and who takes it has not agreed."""
        return given_faults(self.held, self.given())

    def given(self) -> InPerson:
        """The hand-over. Only after `validate`."""
        return InPerson(
            name=(self.name.data or "").strip(),
            title=(self.title.data or "").strip(),
            acknowledged=bool(self.acknowledged.data),
            read_back=self.read_back.data or "",
            receipt_number=(self.receipt_number.data or "").strip(),
        )
