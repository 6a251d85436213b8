"""What every form shares: CSRF through its base, and a domain error shown beside the field it is about."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import ClassVar

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field, FieldList, FormField, HiddenField, PasswordField, StringField

from tenants.errors import DomainError, Invalid, refusals
from tenants.people import free_text


class Form(FlaskForm):  # type: ignore[misc]  # flask_wtf ships no types
    """A form of ours: untrusted input in, typed values out."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """WTForms' own words in the nearest language it has."""

        locales = ("zh_TW", "zh")

    # Fields in which an identity number is no free text: the one that asks for it, and addresses and serials.
    exact: ClassVar[frozenset[str]] = frozenset()
    # Where this form asks for what the domain calls otherwise: the domain's name, and that of the field.
    places: ClassVar[Mapping[str, str]] = MappingProxyType({})

    def validate(self, extra_validators: Mapping[str, Sequence[Callable[..., None]]] | None = None) -> bool:
        """Whether nothing is wrong; all that is stands beside its field, told in one round.

        Each field speaks for itself, then the rules of the domain do (`wrong`), whatever a field has said before.
        """
        super().validate(extra_validators)
        self.tell(self._numbers())
        return self.tell(self.wrong())

    def wrong(self) -> Iterable[Invalid]:
        """What the rules find in what was typed. Any field may be empty or at fault while it is asked."""
        return ()

    def _numbers(self) -> Iterable[Invalid]:
        """Identity numbers in what people type in their own words (DR-22); of a list, beside the list."""
        for name, field in self._fields.items():
            if name not in self.exact:
                for text in _texts(field):
                    yield from refusals(partial(free_text.check, text, field=name))

    def tell(self, found: Iterable[Invalid]) -> bool:
        """Put refusals beside their fields, of which none is told twice what is wrong; whether there is no fault."""
        for error in found:
            field = self._fields.get(self.place_of(error))
            if field is None or not field.errors:
                self.show(error)
        return not self.errors

    def place_of(self, refused: Invalid) -> str:
        """The name of the field that a refusal is about."""
        return self.places.get(refused.field, refused.field)

    def show(self, refused: DomainError, *, beside: str = "") -> None:
        """Put a refusal of the domain beside the field it names, or at the head of the form when it names none.

        One that knows no fields, such as a step out of turn, goes `beside` the field given here.
        """
        name = self.place_of(refused) if isinstance(refused, Invalid) else beside
        if name in self._fields:
            field: Field = self._fields[name]
            field.errors = [*field.errors, str(refused)]
        elif str(refused) not in self.form_errors:
            self.form_errors.append(str(refused))
        if isinstance(refused, Invalid):
            self.tell(refused.besides)


def written(name: str) -> str:
    """What somebody wrote into a field of a form too small for a class. Raises `Invalid` for an identity number."""
    text = request.form.get(name, "")
    free_text.check(text, field=name)
    return text


def _texts(field: Field) -> Iterator[str]:
    """What was typed into a field, and into the fields inside it; nothing of what is hidden or never shown again."""
    if isinstance(field, FieldList):
        for entry in field:
            yield from _texts(entry)
    elif isinstance(field, FormField):
        for inner in field.form:
            yield from _texts(inner)
    elif isinstance(field, StringField) and not isinstance(field, (HiddenField, PasswordField)):
        yield str(field.data or "")
