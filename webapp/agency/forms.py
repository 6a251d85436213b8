"""What an officer types of a letter, of one that is read from a file, and of a second one that completes the first.

Errors beside the field say what to type instead.
"""

from collections.abc import Sequence
from typing import IO

from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, TextAreaField
from wtforms.validators import Length

from tenants.disclosures.official import electronic, letters
from tenants.disclosures.official.actions import Completion, Scan
from tenants.disclosures.official.documents import (
    BY_SCAN,
    ELEMENT_NAMES,
    NOTHING_ADDED,
    RETURNABLE_NAMES,
    SCAN_ALLOWED,
    Classification,
    Element,
    Returnable,
)
from tenants.errors import Invalid
from webapp.forms import Form

MOST_TYPED = 2000
TOO_LONG = "最多 %(max)d 字，請精簡或以附件說明。"


class LetterForm(Form):
    """What the letter must state (KH-6-1b, KH-6-1f), and its scan."""

    duty = TextAreaField(ELEMENT_NAMES[Element.DUTY], [Length(max=MOST_TYPED, message=TOO_LONG)])
    legal_basis = TextAreaField(ELEMENT_NAMES[Element.LEGAL_BASIS], [Length(max=MOST_TYPED, message=TOO_LONG)])
    purpose = TextAreaField(ELEMENT_NAMES[Element.PURPOSE], [Length(max=MOST_TYPED, message=TOO_LONG)])
    scope = TextAreaField(ELEMENT_NAMES[Element.SCOPE], [Length(max=MOST_TYPED, message=TOO_LONG)])
    intended_use = TextAreaField(ELEMENT_NAMES[Element.INTENDED_USE], [Length(max=MOST_TYPED, message=TOO_LONG)])
    copy_necessity = TextAreaField("複製必要性", [Length(max=MOST_TYPED, message=TOO_LONG)])
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
