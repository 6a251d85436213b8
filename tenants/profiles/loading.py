"""Reading profiles from their files, once, and finding the version in force on a day."""

import tomllib
from datetime import date
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any

from pydantic import TypeAdapter

from tenants.profiles.model import RuleProfile

# The regulations that are shipped.
CODES = ("KH_PRESCHOOL", "TY_ELEMENTARY")
_ADAPTER = TypeAdapter(RuleProfile)


class UnknownProfile(LookupError):
    """There is no such regulation, no such version of it, or none was in force on that day."""


def profile(code: str, on: date) -> RuleProfile:
    """The version of a regulation in force on a Taipei civil day (DR-10). Raises `UnknownProfile`."""
    in_force = [version for version in versions(code) if version.effective_from <= on]
    if not in_force:
        raise UnknownProfile(f"{code} was not in force on {on.isoformat()}")
    return in_force[-1]


def profile_version(code: str, version: str) -> RuleProfile:
    """One version by its name, as a case keeps it. Raises `UnknownProfile`."""
    for known in versions(code):
        if known.version == version:
            return known
    raise UnknownProfile(f"{code} has no version {version}")


@cache
def versions(code: str) -> tuple[RuleProfile, ...]:
    """Every version of a regulation, oldest first. Raises `UnknownProfile`."""
    file = resources.files("tenants.profiles") / f"{code.lower()}.toml"
    if not code.isidentifier() or not file.is_file():
        raise UnknownProfile(code)
    return parse(file.read_text(encoding="utf-8"))


def parse(text: str) -> tuple[RuleProfile, ...]:
    """The versions in a profile's file: the top of the file, then each `[[later]]` with what it changes.

    Raises `ValueError` when a version does not begin after the one before it. Footage is kept by the version in force
    on the day it was recorded, so no later one shortens what is owed.
    """
    raw = tomllib.loads(text)
    later = raw.pop("later", [])
    found = [_ADAPTER.validate_python(raw)]
    for change in later:
        raw = _merged(raw, change)
        found.append(_ADAPTER.validate_python(raw))
    for before, after in pairwise(found):
        if after.effective_from <= before.effective_from or after.version == before.version:
            raise ValueError(f"{after.citation} must begin after {before.citation} and bear another version")
    return tuple(found)


def _merged(base: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    return base | {
        key: _merged(base[key], value) if isinstance(value, dict) and isinstance(base.get(key), dict) else value
        for key, value in change.items()
    }
