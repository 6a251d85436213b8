"""An institution's contact telephone, as its head and the operator type it."""

from uuid import UUID

from flask import flash
from wtforms import StringField
from wtforms.validators import Length

from tenants.errors import Invalid
from tenants.registry import contacts
from tenants.registry.models import Tenant
from webapp.forms import Form
from webapp.identify import actor


class PhoneForm(Form):
    """電話; what is no telephone of Taiwan the registry refuses."""

    phone = StringField("聯絡電話", [Length(max=40, message="最多 %(max)d 個字元。")])

    @classmethod
    def of(cls, tenant: Tenant) -> "PhoneForm":
        """The form with the telephone that is published now."""
        return cls(formdata=None, data={"phone": tenant.phone})


def enter_phone(form: PhoneForm, *, tenant_id: UUID) -> bool:
    """Publish what was typed, and say so. False where that may not be, and then the form says why."""
    if not form.validate():
        return False
    try:
        contacts.change_phone(tenant_id=tenant_id, phone=form.phone.data or "", actor=actor())
    except Invalid as refused:
        form.show(refused)
        return False
    flash("已更新聯絡電話，並顯示於告知事項。", "good")
    return True
