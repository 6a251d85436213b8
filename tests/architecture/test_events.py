"""The catalogue of audit events: well named, in order, and each recorded somewhere."""

import re

import pytest

from tenants.audit.events import Event
from tests.architecture.source import CODE, files
from webapp.audit_fields import FIELD_NAMES, INNER_NAMES

pytestmark = pytest.mark.req("DR-06")

KEY = re.compile(r"[a-z]+(_[a-z]+)*:[a-z]+(_[a-z]+)*")
HAN = re.compile(r"[\u4e00-\u9fff]")
MENTION = re.compile(r"\bEvent\.([A-Z_]+)\b")


def mentioned(text: str) -> set[str]:
    """The events that a text names."""
    return set(MENTION.findall(text))


def test_every_event_is_recorded_somewhere() -> None:
    texts = [path.read_text(encoding="utf-8") for path in files(".py", folders=CODE) if path.name != "events.py"]
    unused = {event.name for event in Event} - set().union(*map(mentioned, texts))
    assert not unused, f"record it where it happens, or take it out of tenants/audit/events.py: {sorted(unused)}"


def test_events_are_named_subject_and_act_and_stand_in_order() -> None:
    keys = [event.key for event in Event]
    assert not [key for key in keys if not KEY.fullmatch(key)]
    assert keys == sorted(keys, key=lambda key: key.replace(":", "_")), "keep tenants/audit/events.py alphabetical"
    assert len(set(keys)) == len(keys)


def test_an_events_name_is_its_key() -> None:
    assert [event.name.lower() for event in Event] == [event.key.replace(":", "_") for event in Event]


def test_every_field_of_every_event_is_named_for_people() -> None:
    fields = set().union(*(event.fields for event in Event))
    assert not fields - FIELD_NAMES.keys(), "name it in webapp/audit_fields.py"
    assert not FIELD_NAMES.keys() - fields - INNER_NAMES, "no event has it any more"
    assert not [name for name in FIELD_NAMES.values() if not HAN.search(name)]


def test_the_guard_sees_what_a_text_names() -> None:
    assert mentioned("audit.record(Event.SITE_ADDED, …)  # not Event.site_added") == {"SITE_ADDED"}
