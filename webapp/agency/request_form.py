"""A new request as an officer types it, turned into a `Filing`. Errors beside the field say what to type instead.

The domain's own rules are asked here for every part at once, so that an officer sees all faults in one round; the
actions ask them again, since a form is no guard.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, FieldList, FormField, HiddenField, StringField, TextAreaField
from wtforms.validators import Length

from infra import clock
from tenants.disclosures import asking
from tenants.disclosures.asking import AskedWindow
from tenants.disclosures.official import letters, rules
from tenants.disclosures.official.actions import Filing, Scan
from tenants.disclosures.official.documents import (
    ELEMENT_NAMES,
    SCAN_ALLOWED,
    Classification,
    Element,
    OfficialDocument,
    Urgency,
)
from tenants.errors import Invalid
from tenants.registry.models import Camera
from webapp.agency import kept_scans
from webapp.agency.forms import MOST_TYPED, TOO_LONG, LetterForm
from webapp.agency.kept_scans import KeptScan
from webapp.agency.window_form import MAX_WINDOWS, FurtherForm, WindowForm, asked, offer, rearranged
from webapp.form_fields import OneOf, RocDateField, Stated, options

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
_SHORT, _LONGEST = 100, 6000
LETTER_ELEMENTS = (Element.LEGAL_BASIS, Element.PURPOSE, Element.SCOPE, Element.INTENDED_USE)
_TURN = re.compile(r"further-(\d+)-")
_UNSTATED = "來文未載明"
_NEITHER = "請照來文填寫，或勾選「來文未載明」。"
_BOTH = "已勾選「來文未載明」，請清空內容或取消勾選。"


class RequestForm(LetterForm):
    """A new request to one site of one institution (KH-6-1). Each element is stated or marked as 「來文未載明」."""

    legal_basis_missing = BooleanField(_UNSTATED)
    purpose_missing = BooleanField(_UNSTATED)
    scope_missing = BooleanField(_UNSTATED)
    intended_use_missing = BooleanField(_UNSTATED)
    document_number = StringField("發文字號", [Stated("請照來文填寫發文字號。"), Length(max=_SHORT, message=TOO_LONG)])
    document_date = RocDateField("發文日期", [Stated("請填寫發文日期，例如 115/11/20。")])
    urgency = OneOf("速別", choices=options((item.value, item.value or "未填") for item in Urgency))
    classification = OneOf("密等", choices=options((item.value, item.value or "未填") for item in Classification))
    subject = StringField("主旨", [Stated("請照來文填寫主旨。"), Length(max=MOST_TYPED, message=TOO_LONG)])
    explanation = TextAreaField("說明", [Length(max=_LONGEST, message=TOO_LONG)])
    officer_name = StringField("承辦人姓名", [Stated("請填寫承辦人姓名。"), Length(max=_SHORT, message=TOO_LONG)])
    officer_title = StringField("職稱", [Stated("請填寫職稱，登記簿應記載。"), Length(max=_SHORT, message=TOO_LONG)])
    officer_phone = StringField("聯絡電話", [Stated("請填寫聯絡電話。"), Length(max=_SHORT, message=TOO_LONG)])
    duty = TextAreaField(
        ELEMENT_NAMES[Element.DUTY],
        [Stated("請說明執行何項職務，例如偵辦某案。"), Length(max=MOST_TYPED, message=TOO_LONG)],
    )
    wants_copy = BooleanField("複製（交付影像檔）")
    return_by = RocDateField("返還或銷毀期限")
    windows = FieldList(FormField(WindowForm), "鏡頭與時段", min_entries=1, max_entries=MAX_WINDOWS)
    further = FieldList(FormField(FurtherForm), "同一公文的其他機構或場所")
    confirmed = BooleanField("我已確認上述事項，仍要送出")
    kept_scan = HiddenField()
    kept: KeptScan | None = None
    _gone = False
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

    def keep_scan(self) -> None:
        """Keep what was uploaded, if it is sound, so that it need not be sent again; else look for what was before.

        Of a letter at 密 or higher no scan is kept, and one that was is forgotten.
        """
        ticket, scan = str(self.kept_scan.data or ""), super().uploaded()
        if self._classification() not in SCAN_ALLOWED:
            kept_scans.forget(ticket)
        elif scan is not None:
            self.kept = kept_scans.keep(scan, instead_of=ticket)
        else:
            self.kept = kept_scans.kept(ticket)
            self._gone = bool(ticket) and self.kept is None
        self.kept_scan.data = self.kept.ticket if self.kept else ""

    def uploaded(self) -> Scan | None:
        """The scan that came with this form, else the one that is kept of it; not read yet."""
        return super().uploaded() or (self.kept.scan() if self.kept else None)

    def rearranged(self, pressed: Mapping[str, str]) -> bool:
        """Whether a button was pressed that adds a window or takes one away, which is then done."""
        return rearranged(pressed, self.windows, *(entry.form.windows for entry in self.further))

    def without_first(self, typed: MultiDict[str, str], *, following: int) -> "RequestForm":
        """The same letter without its first place, whose turn one of the further ones takes, counted from 0."""
        turns = sorted({int(turn[1]) for turn in map(_TURN.match, typed) if turn})
        moved = f"further-{turns[following]}-" if following < len(turns) else ""
        kept = [(name, value) for name, value in typed.items(multi=True) if not name.startswith("windows-")]
        renamed = [(name.removeprefix(moved) if moved else name, value) for name, value in kept]
        form = RequestForm(formdata=MultiDict(renamed))
        form.kept, form.kept_scan.data = self.kept, self.kept_scan.data
        return form

    def validate(self, extra_validators: Mapping[str, Sequence[Callable[..., None]]] | None = None) -> bool:
        """Each field, the elements that were neither stated nor marked, and all that the domain's rules say."""
        typed = bool(super().validate(extra_validators))
        return all(
            [
                typed,
                self._elements_are_answered(),
                self.scan_is_sound(classification=self._classification(), required=True),
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

    def scan_is_sound(self, *, classification: Classification, required: bool) -> bool:
        """As of every letter; and one that was kept too long is asked for anew."""
        if self._gone:
            self.show(Invalid(kept_scans.GONE, field=letters.FIELD))
            return False
        return super().scan_is_sound(classification=classification, required=required)

    def _classification(self) -> Classification:
        """What was chosen; as of a letter without one where it is none that was offered."""
        chosen = str(self.classification.data or "")
        return Classification(chosen) if chosen in set(Classification) else Classification.NONE

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
