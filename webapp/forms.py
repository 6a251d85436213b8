"""What every form shares: CSRF through its base, and a domain error shown beside the field it is about."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import Field

from tenants.errors import Invalid


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

    def show(self, error: Invalid) -> None:
        """Put a refusal of the domain beside its field, or at the head of the form when it names none of them."""
        if error.field in self._fields:
            field: Field = self._fields[error.field]
            field.errors = [*field.errors, str(error)]
        else:
            self.form_errors.append(str(error))
