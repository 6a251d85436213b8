"""The one table of which mails wait for the office's hours, and which go at any (DR-31, infra/decisions/0066).

It holds every mail that answers an act or a day of a case; those of duties have their hours in `notices.rules`, whose
quiet hours these are too. Waiting delays nothing but the mail: footage is held, a link is dead and a page says so from
the moment of the act, and every term that such a mail begins is counted in days of the office.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum

from infra.queues import Job
from tenants.disclosures.insider.panel.notices import Notice as PanelNotice
from tenants.disclosures.steps import Step
from tenants.emergency.notices import Notice as EmergencyNotice
from tenants.notices import people
from tenants.notices.rules import goes_at
from tenants.retention.urgent.rules import Notice as HoldNotice


class Goes(StrEnum):
    """At any hour, or in the hours in which people may be written to."""

    AT_ONCE = "at_once"
    IN_HOURS = "in_hours"


# What a job of mails tells that has only one thing to tell.
ONLY = ""
_AT_ONCE, _IN_HOURS = Goes.AT_ONCE, Goes.IN_HOURS
HOURS: Mapping[Job, Mapping[str, Goes]] = {
    Job.SEND_MAIL: {
        Step.FILE: _IN_HOURS,
        Step.RETURN: _IN_HOURS,
        Step.COMPLETE: _IN_HOURS,
        Step.RESOLVE: _IN_HOURS,
        Step.APPROVE: _IN_HOURS,
        Step.APPROVE_PART: _IN_HOURS,
        Step.REFUSE: _IN_HOURS,
        Step.WITHDRAW: _IN_HOURS,
        Step.REPLY: _IN_HOURS,
        Step.COLLECT: _IN_HOURS,
        Step.ASK_REOPENING: _IN_HOURS,
        Step.REOPEN: _IN_HOURS,
        Step.REVOKE: _IN_HOURS,
        # A breach: whoever decides, and who holds or fetches a copy, hears of it the same hour (DR-29, 0048).
        Step.HALT: _AT_ONCE,
        Step.PAUSE: _IN_HOURS,
        Step.GO_ON: _IN_HOURS,
        Step.TAKE_BACK: _IN_HOURS,
        Step.APPOINT: _IN_HOURS,
        Step.CALL_OFF: _IN_HOURS,
        Step.HAND_OVER: _IN_HOURS,
        Step.REPORT_END: _IN_HOURS,
        Step.CHASE: _IN_HOURS,
        Step.CLOSE: _IN_HOURS,
    },
    Job.SEND_PANEL_MAIL: {
        PanelNotice.INVITED: _IN_HOURS,
        PanelNotice.MOVED: _IN_HOURS,
        # Somebody looks at the page that asks for it, and it lives for minutes.
        PanelNotice.CODE: _AT_ONCE,
        PanelNotice.RESOLVED: _IN_HOURS,
        PanelNotice.VACATED: _IN_HOURS,
    },
    Job.SEND_HOLD_MAIL: {
        # Urgent by its name: seven days run, and who pressed it wrongly hears while it can be mended (DR-02).
        HoldNotice.PLACED: _AT_ONCE,
        HoldNotice.LAPSING: _IN_HOURS,
        HoldNotice.LAPSED: _IN_HOURS,
    },
    Job.SEND_EMERGENCY_MAIL: {
        # The institution may end it at any time, and so must know of it at once (0060).
        EmergencyNotice.OPENED: _AT_ONCE,
        EmergencyNotice.ENDED: _IN_HOURS,
    },
    # A link to set a password, and the code of an applicant: who asked for it waits for it, and neither lives for long.
    Job.SEND_INVITATION: {ONLY: _AT_ONCE},
    Job.SEND_CODE: {ONLY: _AT_ONCE},
    Job.SEND_RULE_NOTICE: {ONLY: _IN_HOURS},
}


def may_go(job: Job, occasion: str, *, to: Collection[str], now: datetime, before: datetime | None = None) -> bool:
    """Whether a mail to these addresses may go at this instant; the session is bound.

    `before` is what it must not come after, such as an agreed hour: where that would pass in the quiet hours, or within
    the hour after them, the mail goes at any hour, by the same rule as a duty's.
    """
    if HOURS[job][occasion] is Goes.AT_ONCE:
        return True
    must_by = before if before is not None and before > now else None
    return goes_at(now, people.quiet_of(to), must_by=must_by) <= now
