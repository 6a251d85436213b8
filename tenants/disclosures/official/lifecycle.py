"""The life of a request by official document, as a table (KH-6-1, TY-5-2).

The rules that look at a case's content are in `rules`; here is only what depends on its state.
"""

from tenants.audit.events import Event
from tenants.disclosures.models import DisclosureState
from tenants.disclosures.steps import Notice, Step, Table, Transition
from tenants.permissions import Permission

_S = DisclosureState
_OPEN = frozenset({_S.SUBMITTED})
_BEFORE_DECISION = frozenset({_S.SUBMITTED, _S.RETURNED})
_GRANTED = frozenset({_S.APPROVED, _S.PARTIALLY_APPROVED})
_COLLECTED = frozenset({_S.EXPORTED})
# A copy is outside, and its officer may telephone, after the case was closed as well.
_HANDED = frozenset({_S.EXPORTED, _S.CLOSED})
_GIVEN = _GRANTED | {_S.EXPORTED}
# After a consent as well, while nothing of it was seen or taken: `withdrawing` looks at that.
_WITHDRAWABLE = _BEFORE_DECISION | _GRANTED
_DECIDED = _GRANTED | {_S.REFUSED, _S.EXPORTED}
_DECIDE, _REPLY = Permission.DISCLOSURE_DECIDE, Permission.DISCLOSURE_REPLY
_FILE, _COLLECT = Permission.DISCLOSURE_FILE, Permission.DISCLOSURE_COLLECT
_OPERATE = Permission.FOOTAGE_WATCH
_SCHOOL, _AGENCY, _NOBODY = Notice.INSTITUTION, Notice.AGENCY, Notice.NOBODY

TRANSITIONS: Table = {
    Step.FILE: Transition(frozenset(), _S.SUBMITTED, _FILE, Event.DISCLOSURE_FILED, _SCHOOL),
    Step.RETURN: Transition(_OPEN, _S.RETURNED, _REPLY, Event.DISCLOSURE_RETURNED, _AGENCY),
    Step.COMPLETE: Transition(frozenset({_S.RETURNED}), _S.SUBMITTED, _FILE, Event.DISCLOSURE_COMPLETED, _SCHOOL),
    Step.APPROVE: Transition(_OPEN, _S.APPROVED, _DECIDE, Event.DISCLOSURE_DECIDED, _AGENCY),
    Step.APPROVE_PART: Transition(_OPEN, _S.PARTIALLY_APPROVED, _DECIDE, Event.DISCLOSURE_DECIDED, _AGENCY),
    Step.REFUSE: Transition(_BEFORE_DECISION, _S.REFUSED, _DECIDE, Event.DISCLOSURE_DECIDED, _AGENCY),
    Step.WITHDRAW: Transition(_WITHDRAWABLE, _S.WITHDRAWN, _FILE, Event.DISCLOSURE_WITHDRAWN, _SCHOOL),
    Step.REPLY: Transition(_DECIDED, None, _REPLY, Event.DISCLOSURE_REPLIED, _AGENCY),
    Step.ISSUE_LINK: Transition(_GIVEN, None, _COLLECT, Event.DISCLOSURE_LINK_ISSUED, _NOBODY),
    Step.COLLECT: Transition(_GIVEN, _S.EXPORTED, _COLLECT, Event.DISCLOSURE_COLLECTED, _SCHOOL),
    Step.ASK_REOPENING: Transition(_COLLECTED, None, _COLLECT, Event.DISCLOSURE_REOPENING_ASKED, _SCHOOL),
    Step.REOPEN: Transition(_GIVEN, None, _REPLY, Event.DISCLOSURE_REOPENED, _AGENCY),
    Step.REVOKE: Transition(_GIVEN, None, _REPLY, Event.DISCLOSURE_REVOKED, _AGENCY),
    Step.HALT: Transition(_GIVEN, None, _REPLY, Event.DISCLOSURE_HALTED, _SCHOOL),
    Step.PAUSE: Transition(_GIVEN, None, _DECIDE, Event.DISCLOSURE_PAUSED, _AGENCY),
    Step.GO_ON: Transition(_GIVEN, None, _DECIDE, Event.DISCLOSURE_WENT_ON, _AGENCY),
    Step.TAKE_BACK: Transition(_GIVEN, None, _DECIDE, Event.DISCLOSURE_TAKEN_BACK, _AGENCY),
    Step.SHOW_PASSPHRASE: Transition(_HANDED, None, _REPLY, Event.DISCLOSURE_PASSPHRASE_SHOWN, _NOBODY),
    Step.APPOINT: Transition(_GIVEN, None, _OPERATE, Event.VIEWING_APPOINTED, _AGENCY),
    Step.CALL_OFF: Transition(_GRANTED, None, _FILE, Event.VIEWING_CALLED_OFF, _AGENCY),
    Step.RECORD_VIEWING: Transition(_GIVEN, None, _OPERATE, Event.DISCLOSURE_VIEWED, _NOBODY),
    Step.PREPARE_MEDIUM: Transition(_GIVEN, None, _OPERATE, Event.DISCLOSURE_MEDIUM_PREPARED, _NOBODY),
    Step.TAKE_OUT: Transition(_GIVEN, None, _OPERATE, Event.DISCLOSURE_TAKEN_OUT, _NOBODY),
    Step.HAND_OVER: Transition(_GIVEN, _S.EXPORTED, _OPERATE, Event.DISCLOSURE_HANDED_OVER, _AGENCY),
    Step.REPORT_END: Transition(_HANDED, None, _COLLECT, Event.DISCLOSURE_COPY_ENDED, _SCHOOL),
    Step.CHASE: Transition(_HANDED, None, _REPLY, Event.DISCLOSURE_CHASED, _AGENCY),
    Step.CLOSE: Transition(_DECIDED, _S.CLOSED, _REPLY, Event.DISCLOSURE_CLOSED, _AGENCY),
}
