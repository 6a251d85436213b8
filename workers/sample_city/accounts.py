"""The sample accounts on one page: who, where they begin, and the one password of this city."""

import os
from pathlib import Path

from tenants.permissions import ROLE_NAMES
from workers.sample_city.cast import AGENCIES, BUREAU_PEOPLE, INSTITUTIONS, CameraPlan, InstitutionPlan, Person
from workers.sample_city.founding import City
from workers.sample_city.recorded import YESTERDAY


def write(city: City, path: Path, *, base_url: str) -> None:
    """Write the page, readable by its owner only: the password opens everything in this city."""
    lines = ["守園 sample city. All names are fictional.", "", f"  password of every account   {city.password}", ""]
    lines += [_line(person, "守園市政府教育局", f"{base_url}/bureau") for person in BUREAU_PEOPLE]
    for institution in INSTITUTIONS:
        home = f"{base_url}/schools/{city.tenants[institution.code]}"
        lines += [_line(person, institution.short_name, home) for person in institution.people]
    lines += [_line(agency.officer, agency.name, f"{base_url}/agency") for agency in AGENCIES]
    lines += [
        "",
        f"  Footage that can be asked for: yesterday {YESTERDAY[0]} to {YESTERDAY[1]} of {_live()}, and everything",
        "  recorded from now on. Of older days there is an index, and no pictures.",
        "",
    ]
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


def _line(person: Person, where: str, address: str) -> str:
    return f"  {person.login:<12} {where} {ROLE_NAMES[person.role]} {person.name}\n  {'':<12} {address}"


def _live() -> str:
    return ", ".join(f"{one.short_name} {camera.name}" for one in INSTITUTIONS for camera in _cameras(one))


def _cameras(institution: InstitutionPlan) -> list[CameraPlan]:
    return [camera for site in institution.sites for camera in site.cameras if camera.live]
