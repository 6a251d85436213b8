"""The codes of an event that opened pictures, as they are burnt into each of them: its number, and how its hash begins.

A picture names no institution, and each has an event of that number: the hash tells them apart.
"""

import re
from dataclasses import dataclass
from itertools import product

from tenants.audit.events import Event

# A viewing session has codes of its own, which say who looked and not who operated (infra/decisions/0029).
OPENINGS = (Event.PACKAGE_WATCHED, Event.RIGHTS_COPY_TAKEN, Event.RIGHTS_WATCHED)
_CODE = re.compile(r"(?<![0-9A-Z?-])R[0-9?]{1,10}(?:-[0-9A-F?]{4})?(?![0-9A-Z?-])")
_HASH_LETTERS = 4
_UNREAD, _DIGITS = "?", "0123456789"


@dataclass(frozen=True, kw_only=True)
class EventCode:
    """A code that was read: the numbers that it can be, and how the hash begins, as a pattern of SQL's `like`."""

    numbers: tuple[int, ...]
    digest: str

    @classmethod
    def of(cls, said: str) -> "EventCode":
        """Of what `find` found; an empty one is no event's. Ten times as many numbers for each `?` in it."""
        number, _, digest = said.removeprefix("R").partition("-")
        digits = [_DIGITS if letter == _UNREAD else letter for letter in number]
        numbers = ["".join(each) for each in product(*digits)]
        return cls(
            numbers=tuple(int(each) for each in numbers if each and not each.startswith("0")),
            digest=f"{digest.replace(_UNREAD, '_').lower()}%",
        )


def codes_of(seq: int, digest: str) -> tuple[str, str]:
    """The viewer's and the session's code of a mark, such as `R123` and `R123-9F2A`."""
    return f"R{seq}", f"R{seq}-{digest[:_HASH_LETTERS].upper()}"


def find(text: str) -> str:
    """The longest code in a text of capital letters, or an empty one; `?` stands for what nobody could read."""
    return max(_CODE.findall(text), key=len, default="")
