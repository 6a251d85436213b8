"""Untrusted input of the page about edge boxes -> typed values."""

from collections.abc import Iterable

from wtforms import HiddenField

from tenants.registry.models import Site
from webapp.form_fields import OneOf, options
from webapp.forms import Form


class TokenForm(Form):
    """The site at which a box will be. `nonce` counts once, so that a reload issues no second code."""

    nonce = HiddenField()
    site = OneOf("場所")

    @classmethod
    def of(cls, sites: Iterable[Site]) -> "TokenForm":
        """The form with the institution's sites to choose from."""
        form = cls()
        form.site.choices = options((str(site.id), site.name) for site in sites)
        return form
