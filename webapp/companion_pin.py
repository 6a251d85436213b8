"""The PIN of whoever is there beside the operator, in a form that asks for more: a wrong one is told with all else."""

from uuid import UUID

from wtforms import PasswordField

from tenants.people import pins
from webapp.forms import Form
from webapp.identify import actor, keep_changes


def tell_pin(form: Form, companion_id: UUID | None) -> None:
    """Say of a form that is at fault whether its PIN is wrong too; it would else be typed again only to hear that.

    A wrong one counts as a try, as everywhere (`tenants.people.pins`). Nothing of a person who was not chosen.
    """
    typed: PasswordField = form.pin
    if companion_id is None or typed.errors or not typed.data:
        return
    for refused in pins.tried(user_id=companion_id, pin=typed.data, actor=actor()):
        keep_changes()
        form.show(refused)
