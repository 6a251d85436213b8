"""No valid identity number in any file: any of them may be somebody's (section 8.3)."""

import re
from collections.abc import Iterator

import pytest

from tenants.errors import Invalid
from tenants.people.identity_numbers import OLD_RESIDENT_THROUGH, parse
from tests.architecture.source import CODE, files, short
from tests.made_identity_numbers import made

# The samples that section 8.3 prints and that its tests must name.
_SAMPLES = "E100000005 H200000000 I199999991 O299999994 A800000014 H800000002 E900000001 EC00000007 HD00000002"
PRINTED = frozenset(_SAMPLES.split())
WRITTEN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][1289A-Da-d][0-9]{8}(?![A-Za-z0-9])")
TEXT = (".py", ".html", ".txt", ".js", ".css", ".toml", ".md", ".json", ".csv", ".xml", ".sql")


def numbers(text: str) -> Iterator[str]:
    """The valid numbers of a text that no requirement prints."""
    for found in WRITTEN.findall(text):
        try:
            number = parse(found, on=OLD_RESIDENT_THROUGH)
        except Invalid:
            continue
        if number.full not in PRINTED:
            yield found


@pytest.mark.req("DR-22")
def test_no_file_holds_a_number_that_may_be_somebodys() -> None:
    looked = [(short(path), path.read_text(encoding="utf-8")) for path in files(*TEXT, folders=(".", *CODE, "tests"))]
    assert looked
    wrong = [
        f"{name}: a valid identity number; make it with tests.made_identity_numbers"
        for name, text in looked
        if any(numbers(text))
    ]
    assert not wrong, "\n".join(wrong)


def test_the_guard_sees_a_number_however_it_is_written() -> None:
    one = next(number for number in iter(made, "") if number not in PRINTED)
    assert list(numbers(f'"{one}"'))
    assert list(numbers(f"id={one.lower()}&"))
    assert not list(numbers(f"sha256:0{one}"))
