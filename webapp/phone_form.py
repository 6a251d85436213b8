"""An institution's contact telephone, as its head and the operator type it."""

from wtforms import StringField
from wtforms.validators import Length

from webapp.forms import Form


class PhoneForm(Form):
    """電話; what is no telephone of Taiwan the registry refuses."""

    phone = StringField("聯絡電話", [Length(max=40, message="最多 %(max)d 個字元。")])
