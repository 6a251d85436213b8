"""Untrusted input of the bureau's pages -> typed values."""

from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from webapp.form_fields import options
from webapp.forms import Form

AGENCY_KINDS = (
    ("police", "警察機關"),
    ("prosecution", "檢察機關"),
    ("court", "法院"),
    ("social_welfare", "社政機關"),
    ("education", "教育機關"),
    ("other", "其他公務機關"),
)


class AgencyForm(Form):
    """A public agency for the directory."""

    name = StringField("機關全銜", [InputRequired("請填寫機關全銜。"), Length(max=100)])
    kind = SelectField("機關類別", choices=options(AGENCY_KINDS))
    code = StringField("機關代碼", [Length(max=40)])
    contact = StringField("聯絡電話", [Length(max=40)])
