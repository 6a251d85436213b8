"""Form fields in which people type 民國 dates and Taipei clock times, shared by every area's forms (DR-21)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from wtforms import FieldList, FormField, SelectField, SelectMultipleField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import Field
from wtforms.form import BaseForm
from wtforms.widgets import CheckboxInput, ListWidget

from infra import clock
from tenants.errors import Invalid
from tenants.roc_dates import BadDate, format_time, parse_date, parse_instant, short_date


def id_or_none(typed: str) -> UUID | None:
    """An id as an address or a form names it; what is no id names nothing."""
    try:
        return UUID(typed)
    except ValueError:
        return None


def options(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Choices of a field, from (value, words)."""
    return [SelectChoice(value=value, label=words) for value, words in pairs]


class RocDateField(StringField):  # type: ignore[misc]  # WTForms ships no types
    """A civil day typed as `115/11/20`. What was typed stays in the box when it is refused.

    `suggestion` is what was probably meant by `2026/11/20`; the page offers it at one tap.
    """

    suggestion = ""
    data: date | None

    @property
    def day(self) -> date:
        """The day; only of a field that must be `Stated`, in a form that is whole."""
        assert isinstance(self.data, date)  # noqa: S101 - `Stated` saw to it
        return self.data

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return short_date(self.data) if self.data else ""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the day; the sentence of a refusal becomes the field's error."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            self.data = parse_date(valuelist[0], field=self.name)
        except BadDate as refused:
            self.suggestion = refused.suggestion
            raise ValueError(str(refused)) from refused


class ClockField(StringField):  # type: ignore[misc]  # WTForms ships no types
    """A Taipei clock time such as `09:05`, kept as text until the day beside it is known."""

    def process_data(self, value: datetime | str | None) -> None:
        """Show an instant as its clock time."""
        self.data = format_time(value) if isinstance(value, datetime) else (value or "")


class Stated:
    """Validator: something other than spaces was typed. `sentence` says what to type."""

    field_flags = {"required": True}  # noqa: RUF012 - WTForms reads it as a plain class attribute

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    def __call__(self, _form: BaseForm, field: Field) -> None:
        """Raise `ValidationError` when nothing was typed. A date already refused keeps its own sentence."""
        value: Any = field.raw_data[0] if field.raw_data else field.data
        if not field.errors and (value is None or not str(value).strip()):
            raise ValidationError(self.sentence)


def read_instant(day: RocDateField, at: ClockField) -> datetime | None:
    """The instant of a day and a time beside it, or None with the error put on the field it belongs to.

    A time that nobody can read is told also while the day beside it is at fault.
    """
    if not str(at.data or "").strip():
        return None
    try:
        found = parse_instant(day.data or clock.today(), str(at.data), field=at.name)
    except Invalid as refused:
        at.errors = [*at.errors, *({str(refused)} - {str(told) for told in at.errors})]
        return None
    return found if day.data is not None else None


class CheckedChoices(SelectMultipleField):  # type: ignore[misc]  # as above
    """Check boxes of which some are ticked. `unknown` is the sentence for a value that the page never offered."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: str, *, unknown: str, **arguments: Any) -> None:  # noqa: ANN401 - WTForms' own
        super().__init__(label, coerce=str, choices=[], validate_choice=False, **arguments)
        self.unknown = unknown

    def pre_validate(self, _form: BaseForm) -> None:
        """Raise `ValidationError` when something was ticked that was not offered."""
        if not set(self.data or []) <= {choice.value for choice in self.choices}:
            raise ValidationError(self.unknown)


class OneOf(SelectField):  # type: ignore[misc]  # as above
    """One of the values that the page offered; anything else gets `unknown` as its sentence."""

    def __init__(self, label: str, *, unknown: str = "請從清單中選取。", **arguments: Any) -> None:  # noqa: ANN401 - WTForms' own
        super().__init__(label, **{"choices": []} | arguments)
        self.type = "SelectField"  # templates dress a field by its type
        self.unknown = unknown

    def pre_validate(self, _form: BaseForm) -> None:
        """Raise `ValidationError` for a value that the page never offered."""
        if str(self.data or "") not in {choice.value for choice in self.choices}:
            raise ValidationError(self.unknown)


def faults(
    form: BaseForm, order: Sequence[str] = (), *, named: Mapping[str, str] = MappingProxyType({})
) -> list[tuple[str, str, str]]:
    """Every error of a form and of the forms inside it: the id of the field, its label, and the sentence.

    Fields come in the `order` of the page where one is given. Id and label are empty for an error of the whole form.
    `named` says, by the id of a list or of its entry, which of several alike a label belongs to.
    """
    found = [("", "", str(sentence)) for sentence in form.form_errors]
    place = {name: number for number, name in enumerate(order)}
    for field in sorted(form, key=lambda field: place.get(field.short_name, len(place))):
        if isinstance(field, FieldList):
            told = (each for each in field.errors if isinstance(each, str))  # said of all entries together
            found += [(field.id, f"{named.get(field.id, '')}{field.label.text}", each) for each in told]
            for entry in field:
                its = faults(entry.form, named=named) if isinstance(entry, FormField) else _of(entry)
                found += [(at, f"{named.get(entry.id, '')}{label}", sentence) for at, label, sentence in its]
        elif isinstance(field, FormField):
            found += faults(field.form, named=named)
        else:
            found += _of(field)
    return found


def field_names(form: BaseForm) -> Iterator[str]:
    """The names under which a form's fields arrive, those of the forms inside it too; never that of its token."""
    for field in form:
        if isinstance(field, FieldList):
            for entry in field:
                yield from field_names(entry.form) if isinstance(entry, FormField) else (entry.name,)
        elif field.type != "CSRFTokenField":
            yield field.name


def _of(field: Field) -> list[tuple[str, str, str]]:
    return [(field.id, field.label.text, str(sentence)) for sentence in field.errors]
