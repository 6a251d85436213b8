"""What somebody reads in a picture that leaked, as it is typed: at an institution, and by an auditor at the bureau."""

from wtforms import StringField, ValidationError
from wtforms.validators import Length

from tenants.disclosures.viewing import tracing
from tenants.disclosures.viewing.tracing import Asked
from tenants.errors import Invalid
from webapp.form_fields import Stated
from webapp.forms import Form

_TOO_LONG = "最多 %(max)d 字。"


class TraceForm(Form):
    """The codes of the mark, and why somebody asks."""

    code = StringField("畫面上的代碼", [Stated("請輸入代碼，例如 V7K3M2。"), Length(max=100, message=_TOO_LONG)])
    reason = StringField("追查的事由", [Stated("請填寫追查的事由。"), Length(max=200, message=_TOO_LONG)])

    def validate_code(self, field: StringField) -> None:
        """Whether a code can be read in it, told with every other fault."""
        if field.errors:
            return
        try:
            tracing.read(field.data or "")
        except Invalid as refused:
            raise ValidationError(str(refused)) from refused

    def asked(self) -> Asked:
        """What was typed. Only after `validate`."""
        return Asked(code=self.code.data or "", reason=self.reason.data or "")
