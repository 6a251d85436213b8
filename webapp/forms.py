"""What every form shares: CSRF through its base, and a domain error shown beside the field it is about."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import Field

from tenants.errors import DomainError, Invalid


class Form(FlaskForm):  # type: ignore[misc]  # flask_wtf ships no types
    """A form of ours: untrusted input in, typed values out."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """WTForms' own words in the nearest language it has."""

        locales = ("zh_TW", "zh")

    def tell(self, found: Iterable[Invalid]) -> bool:
        """Put refusals beside their fields, of which none is told twice what is wrong; whether there is no fault."""
        for error in found:
            if error.field not in self._fields or not self._fields[error.field].errors:
                self.show(error)
        return not self.errors

    def show(self, refused: DomainError, *, beside: str = "") -> None:
        """Put a refusal of the domain beside the field it names, or at the head of the form when it names none.

        One that knows no fields, such as a step out of turn, goes `beside` the field given here.
        """
        name = refused.field if isinstance(refused, Invalid) else beside
        if name in self._fields:
            field: Field = self._fields[name]
            field.errors = [*field.errors, str(refused)]
        else:
            self.form_errors.append(str(refused))
