"""The applicant's area put together from its parts. Its addresses name the institution by its code, as a sign can."""

from typing import Any

from flask import Blueprint, request

from webapp.public.applying import about, filling, following, proving

applying = Blueprint("applying", __name__, url_prefix="/apply/<code>")
for part in (about, proving, filling, following):
    applying.register_blueprint(part.blueprint)


@applying.url_defaults
def _stay_at_the_institution(_endpoint: str, values: dict[str, Any]) -> None:
    """Links of the area lead to the same institution unless they say otherwise."""
    code = (request.view_args or {}).get("code") if request else None
    if isinstance(code, str):
        values.setdefault("code", code)
