"""Pure decisions about codes by mail and about what an applicant may still be asked. No I/O, no clock, no session."""

import re
import unicodedata
from datetime import datetime, timedelta

from tenants.errors import Invalid

CODE_DIGITS = 6
CODE_LIVES = timedelta(minutes=10)
MOST_TRIES = 5
# With five tries each, fifty a day at one in a million: a guesser waits for decades.
CODES_AN_HOUR, CODES_A_DAY = 3, 10
# A school of a thousand families on the day after an accident; beyond it somebody is filling mailboxes.
CODES_OF_INSTITUTION_AN_HOUR = 100
# Long enough to look for the identity card, short enough for a telephone that is lent.
VISIT_LIVES = timedelta(hours=2)
# What was typed and not sent waits for the next day, and codes are counted that long.
FORGOTTEN_AFTER = timedelta(hours=24)
# One address that would freeze a whole institution's storage is no application any more (DR-01, capped).
MOST_OPEN = 5
LONGEST_ADDRESS, LONGEST_NAME = 254, 50

_ADDRESS = re.compile(r"[^\s@<>\"(),:;\\\[\]]+@[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)
_NOT_DIGITS = re.compile(r"[\s-]")
_ABROAD = re.compile(r"\+[1-9][0-9]{7,14}")


def normal_address(typed: str) -> str:
    """An address as it is kept and compared: half width, lower case. Raises `Invalid`, field `email`."""
    text = unicodedata.normalize("NFKC", typed).strip().lower()
    if len(text) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(text):
        raise Invalid("請填寫收得到信的電子郵件，例如 name@example.com。", field="email")
    return text


def normal_code(typed: str) -> str:
    """The digits of a code, however they were typed: half or full width, with or without a space."""
    return _NOT_DIGITS.sub("", unicodedata.normalize("NFKC", typed))


def may_be_sent(*, last_hour: int, last_day: int) -> bool:
    """Whether one more code may go to an address that got so many."""
    return last_hour < CODES_AN_HOUR and last_day < CODES_A_DAY


def code_opens(*, sent_at: datetime | None, tries: int, now: datetime) -> bool:
    """Whether the code of a visit can still be tried."""
    return sent_at is not None and now < sent_at + CODE_LIVES and tries < MOST_TRIES


def visit_lives(*, proved_at: datetime | None, ended_at: datetime | None, now: datetime) -> bool:
    """Whether who proved an address may still act by it."""
    return proved_at is not None and ended_at is None and now < proved_at + VISIT_LIVES


def check_name(typed: str, *, field: str, label: str) -> str:
    """A person's name as it was written: trimmed and otherwise left alone, since a variant is another name (KH-A1-02).

    Raises `Invalid` for nothing, more than 50 characters, or characters that cannot be printed.
    """
    text = typed.strip()
    if not text or not text.replace("\u3000", "").isprintable():
        raise Invalid(f"請填寫{label}。", field=field)
    if len(text) > LONGEST_NAME:
        raise Invalid(f"{label}至多{LONGEST_NAME}字。", field=field)
    return text


def is_number_abroad(typed: str) -> bool:
    """Whether this is a telephone outside Taiwan, with its country (KH-A1-05, ITU-T E.164)."""
    return _ABROAD.fullmatch(re.sub(r"[\s()\-.]", "", unicodedata.normalize("NFKC", typed))) is not None


def check_open_cases(count: int) -> None:
    """Raise `Invalid` where one address has so many cases open that another one would only hold storage (DR-01)."""
    if count >= MOST_OPEN:
        raise Invalid(
            f"您已有{count}件申請尚在辦理中，已先行保全的影像都在。請先補充或撤回其中一件，或向機構當面申請。",
            code="too_many_open",
        )
