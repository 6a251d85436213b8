"""The sample accounts on one page: who, where they begin, and the one password of this city."""

import os
from collections.abc import Sequence
from pathlib import Path

from tenants.permissions import ROLE_NAMES
from workers.sample_city.cast import AGENCIES, BUREAU_PEOPLE, INSTITUTIONS, PIN, Person
from workers.sample_city.founding import City
from workers.sample_city.recorded import YESTERDAY


def write(city: City, path: Path, *, base_url: str) -> None:
    """Write the page, readable by its owner only: the password opens everything in this city."""
    lines = ["守園 sample city. All names are fictional.", "", f"  password of every account   {city.password}"]
    lines.append(f"  PIN to accompany a viewing  {PIN}")
    lines += _block("守園市政府教育局", f"{base_url}/bureau", BUREAU_PEOPLE)
    for institution in INSTITUTIONS:
        home = f"{base_url}/schools/{city.tenants[institution.code]}"
        lines += _block(institution.short_name, home, institution.people)
    for agency in AGENCIES:
        lines += _block(agency.name, f"{base_url}/agency", (agency.officer,))
    lines += [
        "",
        f"  Footage that can be asked for: yesterday {YESTERDAY[0]} to {YESTERDAY[1]} of",
        *(f"    {place}" for place in _live()),
        "  and everything recorded from now on. Of older days there is an index, and no pictures.",
        "",
    ]
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


def _block(where: str, address: str, people: Sequence[Person]) -> list[str]:
    return [
        "",
        f"  {where}   {address}",
        *(f"    {person.login:<12} {ROLE_NAMES[person.role]} {person.name}" for person in people),
    ]


def _live() -> list[str]:
    sites = [site for institution in INSTITUTIONS for site in institution.sites]
    return [f"{site.name} {camera.name}" for site in sites for camera in site.cameras if camera.live]
