"""An insider's request as two tables: decided by a panel (KH-6-2h), or by the chain of signatures (TY-5-1f).

With a panel the head signs last and only what the panel resolved; without one the head's signature is the decision.
"""

from collections.abc import Mapping

from tenants.audit.events import Event
from tenants.disclosures.models import DisclosureState
from tenants.disclosures.steps import Notice, Step, Table, Transition
from tenants.permissions import Permission

_S = DisclosureState
_FILE, _SIGN, _DECIDE = Permission.APPLICATION_FILE, Permission.APPLICATION_SIGN, Permission.DISCLOSURE_DECIDE
_REPLY, _WATCH = Permission.DISCLOSURE_REPLY, Permission.FOOTAGE_WATCH
_SCHOOL, _APPLICANT, _NOBODY = Notice.INSTITUTION, Notice.APPLICANT, Notice.NOBODY
_OPEN, _GRANTED = frozenset({_S.SUBMITTED}), frozenset({_S.APPROVED, _S.PARTIALLY_APPROVED})
_GIVEN = _GRANTED | {_S.VIEWED}


def _table(*, decided_from: frozenset[DisclosureState], panel: Mapping[Step, Transition]) -> Table:
    undecided = frozenset({_S.SUBMITTED, _S.RETURNED}) | decided_from
    ended = _GIVEN | {_S.REFUSED}
    return {
        Step.FILE: Transition(frozenset(), _S.SUBMITTED, _FILE, Event.APPLICATION_FILED, _SCHOOL),
        Step.RETURN: Transition(_OPEN, _S.RETURNED, _REPLY, Event.DISCLOSURE_RETURNED, _APPLICANT),
        Step.COMPLETE: Transition(frozenset({_S.RETURNED}), _S.SUBMITTED, _FILE, Event.DISCLOSURE_COMPLETED, _SCHOOL),
        # Also once the panel resolved: it may meet before the office's head has signed (KH-A1-16).
        Step.SIGN: Transition(_OPEN | decided_from, None, _SIGN, Event.APPLICATION_SIGNED, _NOBODY),
        **panel,
        Step.APPROVE: Transition(decided_from, _S.APPROVED, _DECIDE, Event.DISCLOSURE_DECIDED, _APPLICANT),
        Step.APPROVE_PART: Transition(
            decided_from, _S.PARTIALLY_APPROVED, _DECIDE, Event.DISCLOSURE_DECIDED, _APPLICANT
        ),
        Step.REFUSE: Transition(undecided, _S.REFUSED, _DECIDE, Event.DISCLOSURE_DECIDED, _APPLICANT),
        # After a consent as well, while nobody has seen anything of it: `withdrawing` looks at that.
        Step.WITHDRAW: Transition(undecided | _GRANTED, _S.WITHDRAWN, _FILE, Event.DISCLOSURE_WITHDRAWN, _SCHOOL),
        Step.APPOINT: Transition(_GIVEN, None, _WATCH, Event.VIEWING_APPOINTED, _APPLICANT),
        Step.CALL_OFF: Transition(_GRANTED, None, _FILE, Event.VIEWING_CALLED_OFF, _APPLICANT),
        Step.RECORD_VIEWING: Transition(_GIVEN, _S.VIEWED, _WATCH, Event.DISCLOSURE_VIEWED, _NOBODY),
        Step.HALT: Transition(_GIVEN, None, _REPLY, Event.DISCLOSURE_HALTED, _SCHOOL),
        Step.PAUSE: Transition(_GIVEN, None, _DECIDE, Event.DISCLOSURE_PAUSED, _APPLICANT),
        Step.GO_ON: Transition(_GIVEN, None, _DECIDE, Event.DISCLOSURE_WENT_ON, _APPLICANT),
        Step.TAKE_BACK: Transition(_GIVEN, None, _DECIDE, Event.DISCLOSURE_TAKEN_BACK, _APPLICANT),
        Step.CLOSE: Transition(ended, _S.CLOSED, _REPLY, Event.DISCLOSURE_CLOSED, _APPLICANT),
    }


# A second meeting makes a second resolution and keeps the first, so a resolved case may be resolved again (KH-6-2h).
_PANEL: Mapping[Step, Transition] = {
    Step.RESOLVE: Transition(
        frozenset({_S.SUBMITTED, _S.RESOLVED}), _S.RESOLVED, Permission.PANEL_MANAGE, Event.PANEL_RESOLVED, _SCHOOL
    )
}
WITH_PANEL: Table = _table(decided_from=frozenset({_S.RESOLVED}), panel=_PANEL)
BY_SIGNATURES: Table = _table(decided_from=_OPEN, panel={})
