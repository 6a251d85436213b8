"""What an officer types, turned into a `Filing` or a `Completion`. Errors beside the field say what to type instead.

The domain's own rules are asked here for every part at once, so that an officer sees all faults in one round; the
actions ask them again, since a form is no guard.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import IO
from uuid import UUID

from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, FieldList, FormField, StringField, TextAreaField
from wtforms.validators import Length

from infra import clock
from tenants.disclosures import asking
from tenants.disclosures.asking import AskedWindow
from tenants.disclosures.official import electronic, letters, rules
from tenants.disclosures.official.actions import Completion, Filing, Scan
from tenants.disclosures.official.documents import (
    BY_SCAN,
    ELEMENT_NAMES,
    NOTHING_ADDED,
    RETURNABLE_NAMES,
    SCAN_ALLOWED,
    Classification,
    Element,
    OfficialDocument,
    Returnable,
    Urgency,
)
from tenants.errors import Invalid
from tenants.registry.models import Camera
from webapp.agency.window_form import MAX_WINDOWS, FurtherForm, WindowForm, asked, offer, rearranged
from webapp.form_fields import OneOf, RocDateField, Stated, options
from webapp.forms import Form

# The order of the page, which is the letter's; classes below share fields and cannot keep it.
PAGE_ORDER = (
    "document_number",
    "document_date",
    "urgency",
    "classification",
    "subject",
    "explanation",
    "scan",
    "officer_name",
    "officer_title",
    "officer_phone",
    "duty",
    "legal_basis",
    "purpose",
    "scope",
    "intended_use",
    "windows",
    "further",
    "wants_copy",
    "copy_necessity",
    "return_by",
)
_SHORT, _LONG, _LONGEST = 100, 2000, 6000
_TOO_LONG = "最多 %(max)d 字，請精簡或以附件說明。"
LETTER_ELEMENTS = (Element.LEGAL_BASIS, Element.PURPOSE, Element.SCOPE, Element.INTENDED_USE)
_UNSTATED = "來文未載明"
_NEITHER = "請照來文填寫，或勾選「來文未載明」。"
_BOTH = "已勾選「來文未載明」，請清空內容或取消勾選。"


class LetterForm(Form):
    """What the letter must state (KH-6-1b, KH-6-1f), and its scan."""

    duty = TextAreaField(ELEMENT_NAMES[Element.DUTY], [Length(max=_LONG, message=_TOO_LONG)])
    legal_basis = TextAreaField(ELEMENT_NAMES[Element.LEGAL_BASIS], [Length(max=_LONG, message=_TOO_LONG)])
    purpose = TextAreaField(ELEMENT_NAMES[Element.PURPOSE], [Length(max=_LONG, message=_TOO_LONG)])
    scope = TextAreaField(ELEMENT_NAMES[Element.SCOPE], [Length(max=_LONG, message=_TOO_LONG)])
    intended_use = TextAreaField(ELEMENT_NAMES[Element.INTENDED_USE], [Length(max=_LONG, message=_TOO_LONG)])
    copy_necessity = TextAreaField("複製必要性", [Length(max=_LONG, message=_TOO_LONG)])
    scan = FileField("公文掃描檔（PDF）")
    # The page's own script does not send a file that the server would turn away together with everything typed.
    scan_left_out = BooleanField()

    def element(self, element: Returnable) -> str | None:
        """What the letter states, or None where the officer marked that it does not."""
        return str(self[element.value].data or "").strip() or None

    def uploaded(self) -> Scan | None:
        """The scan, not read yet."""
        file = self.scan.data
        if not isinstance(file, FileStorage) or not file.filename:
            return None
        return Scan(file_name=file.filename, stream=file.stream)

    def scan_is_sound(self, *, classification: Classification, required: bool) -> bool:
        """Whether the scan may be kept; its fault is put beside the field. The stream is left at its first byte."""
        if self.scan_left_out.data:
            self.show(Invalid(letters.REFUSALS["too_large"], field=letters.FIELD))
            return False
        scan = self.uploaded()
        try:
            letters.checked(scan, classification=classification, required=required)
        except Invalid as refused:
            self.show(refused)
            return False
        finally:
            if scan is not None:
                scan.stream.seek(0)
        return True


class RequestForm(LetterForm):
    """A new request to one site of one institution (KH-6-1). Each element is stated or marked as 「來文未載明」."""

    legal_basis_missing = BooleanField(_UNSTATED)
    purpose_missing = BooleanField(_UNSTATED)
    scope_missing = BooleanField(_UNSTATED)
    intended_use_missing = BooleanField(_UNSTATED)
    document_number = StringField("發文字號", [Stated("請照來文填寫發文字號。"), Length(max=_SHORT, message=_TOO_LONG)])
    document_date = RocDateField("發文日期", [Stated("請填寫發文日期，例如 115/11/20。")])
    urgency = OneOf("速別", choices=options((item.value, item.value or "未填") for item in Urgency))
    classification = OneOf("密等", choices=options((item.value, item.value or "未填") for item in Classification))
    subject = StringField("主旨", [Stated("請照來文填寫主旨。"), Length(max=_LONG, message=_TOO_LONG)])
    explanation = TextAreaField("說明", [Length(max=_LONGEST, message=_TOO_LONG)])
    officer_name = StringField("承辦人姓名", [Stated("請填寫承辦人姓名。"), Length(max=_SHORT, message=_TOO_LONG)])
    officer_title = StringField("職稱", [Stated("請填寫職稱，登記簿應記載。"), Length(max=_SHORT, message=_TOO_LONG)])
    officer_phone = StringField("聯絡電話", [Stated("請填寫聯絡電話。"), Length(max=_SHORT, message=_TOO_LONG)])
    duty = TextAreaField(
        ELEMENT_NAMES[Element.DUTY],
        [Stated("請說明執行何項職務，例如偵辦某案。"), Length(max=_LONG, message=_TOO_LONG)],
    )
    wants_copy = BooleanField("複製（交付影像檔）")
    return_by = RocDateField("返還或銷毀期限")
    windows = FieldList(FormField(WindowForm), "鏡頭與時段", min_entries=1, max_entries=MAX_WINDOWS)
    further = FieldList(FormField(FurtherForm), "同一公文的其他機構或場所")
    confirmed = BooleanField("我已確認上述事項，仍要送出")
    _site_of: Mapping[UUID, UUID] = {}
    _asks_necessity = False

    def offer(
        self, cameras: Sequence[Camera], *, asks_necessity: bool, further: Sequence[Sequence[Camera]] = ()
    ) -> None:
        """Say which cameras may be ticked, here and at each further place, and whether a copy needs a reason."""
        self._asks_necessity = asks_necessity
        self._site_of = {camera.id: camera.site_id for camera in cameras}
        offer(self.windows, cameras)
        del self.further.entries[len(further) :]
        while len(self.further) < len(further):
            self.further.append_entry()
        for entry, its in zip(self.further, further, strict=True):
            entry.form.offer(its)

    def rearranged(self, pressed: Mapping[str, str]) -> bool:
        """Whether a button was pressed that adds a window or takes one away, which is then done."""
        return rearranged(pressed, self.windows, *(entry.form.windows for entry in self.further))

    def validate(self, extra_validators: Mapping[str, Sequence[Callable[..., None]]] | None = None) -> bool:
        """Each field, the elements that were neither stated nor marked, and all that the domain's rules say."""
        typed = bool(super().validate(extra_validators))
        known = self.classification.data if not self.classification.errors else Classification.NONE
        return all(
            [
                typed,
                self._elements_are_answered(),
                self.scan_is_sound(classification=Classification(known), required=True),
                self._date_is_sound(),
                self._windows_go_together(),
                self._accepts(self._check_necessity),
                self._accepts(lambda: rules.check_return_by(self.return_by.data, today=clock.today())),
            ]
        )

    def asked(self) -> tuple[AskedWindow, ...]:
        """The windows that are sound by themselves. Only after `validate`."""
        return asked(self.windows)

    def filing(self) -> Filing:
        """The request as typed. Only after `validate`."""
        return Filing(
            officer_name=self.officer_name.data.strip(),
            officer_title=self.officer_title.data.strip(),
            officer_phone=self.officer_phone.data.strip(),
            document=self._document(),
            windows=self.asked(),
            scan=self.uploaded(),
            confirmed=bool(self.confirmed.data),
        )

    def _date_is_sound(self) -> bool:
        dated = self.document_date.data
        if dated is None:
            return True  # its own fault was told
        return self._accepts(lambda: rules.check_document_date(dated, today=clock.today()))

    def _check_necessity(self) -> None:
        rules.check_copy_necessity(
            wants_copy=bool(self.wants_copy.data),
            needed=self._asks_necessity,
            necessity=self.copy_necessity.data or "",
        )

    def _windows_go_together(self) -> bool:
        windows = self.asked()
        if not windows:
            return True  # each has its own fault
        return self._accepts(lambda: asking.check_windows(windows, site_of=self._site_of, now=clock.now()))

    def _accepts(self, rule: Callable[[], object]) -> bool:
        try:
            rule()
        except Invalid as refused:
            self.show(refused)
            return False
        return True

    def _elements_are_answered(self) -> bool:
        sound = True
        for element in LETTER_ELEMENTS:
            field, marked = self[element.value], self[f"{element.value}_missing"].data
            if bool(self.element(element)) == bool(marked):
                field.errors = [*field.errors, _BOTH if marked else _NEITHER]
                sound = False
        return sound

    def _document(self) -> OfficialDocument:
        return OfficialDocument(
            number=self.document_number.data.strip(),
            dated=self.document_date.day,
            subject=self.subject.data.strip(),
            explanation=(self.explanation.data or "").strip(),
            duty=self.duty.data.strip(),
            legal_basis=self.element(Element.LEGAL_BASIS),
            purpose=self.element(Element.PURPOSE),
            scope=self.element(Element.SCOPE),
            intended_use=self.element(Element.INTENDED_USE),
            urgency=Urgency(self.urgency.data),
            classification=Classification(self.classification.data),
            wants_copy=bool(self.wants_copy.data),
            copy_necessity=(self.copy_necessity.data or "").strip(),
            return_by=self.return_by.data,
        )


class ElectronicForm(Form):
    """An electronic official document, to fill the request with."""

    electronic = FileField("電子公文檔")
    scan_left_out = BooleanField()  # as in `LetterForm`

    def stream(self) -> IO[bytes]:
        """The file, not read yet. Raises `Invalid` where there is none, or the page left out one that is too large."""
        file = self.electronic.data
        if self.scan_left_out.data:
            raise Invalid(electronic.REFUSALS["too_large"], field=electronic.FIELD)
        if not isinstance(file, FileStorage) or not file.filename:
            raise Invalid("請先選擇電子公文檔（.di、.xml 或 .zip）。", field=electronic.FIELD)
        return file.stream


class CompletionForm(LetterForm):
    """What a second letter adds. Only what was missing is asked for."""

    def answers(self, owed: Sequence[Returnable], *, classification: Classification) -> bool:
        """Whether everything that is owed is there now and the scan may be kept; errors go to the fields."""
        typed = bool(self.validate())
        sound = self.scan_is_sound(classification=classification, required=bool(BY_SCAN & set(owed))) and typed
        for item in owed:
            if item not in BY_SCAN and not self.element(item):
                field = self[item.value]
                field.errors = [*field.errors, f"請依補正公文填寫{RETURNABLE_NAMES[item]}。"]
                sound = False
        if sound and self.completion().is_empty() and classification in SCAN_ALLOWED:
            self.show(Invalid(NOTHING_ADDED, field="scan"))
            return False
        return sound

    def completion(self) -> Completion:
        """What was added; None keeps what was there."""
        return Completion(
            duty=self.element(Element.DUTY),
            legal_basis=self.element(Element.LEGAL_BASIS),
            purpose=self.element(Element.PURPOSE),
            scope=self.element(Element.SCOPE),
            intended_use=self.element(Element.INTENDED_USE),
            copy_necessity=(self.copy_necessity.data or "").strip() or None,
            scan=self.uploaded(),
        )
