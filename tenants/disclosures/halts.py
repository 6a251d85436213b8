"""What of a halted case waits, and until when (KH-6-2i, KH-6-5b, KH-5-1c, infra/decisions/0048 and 0067). Pure."""

from tenants.disclosures.models import Disclosure, Halt, HaltCause, HaltEnd
from tenants.disclosures.steps import Step
from tenants.errors import InvalidTransition


class Halted(InvalidTransition):
    """The step waits for the head, or what was granted was taken back."""

    code = "halted"


_LOOKING = frozenset({Step.APPOINT, Step.RECORD_VIEWING})
_TAKING = frozenset(
    {
        Step.ISSUE_LINK,
        Step.COLLECT,
        Step.ASK_REOPENING,
        Step.REOPEN,
        Step.SHOW_PASSPHRASE,
        Step.PREPARE_MEDIUM,
        Step.TAKE_OUT,
        Step.HAND_OVER,
    }
)
# What a head halts a case for without a breach: every cause but that one.
BY_HAND = frozenset(HaltCause) - {HaltCause.BREACH}
_WAITING = {
    Halt.ALL: "本案的調閱與領取已暫停，待機構首長決定繼續或撤銷。",
    Halt.VIEWING: "本案的到場調閱已暫停，待機構首長決定後繼續。",
}
_TAKEN_BACK = "機構首長已撤銷本案的調閱與領取，不能再辦理。如有新的情形，由首長重新決定。"


def waits(disclosure: Disclosure) -> bool:
    """Whether the head still has to decide about it."""
    return disclosure.halted_at is not None and disclosure.halt_end == ""


def taken_back(disclosure: Disclosure) -> bool:
    """Whether the head took back what was granted, and has not let it go on since."""
    return disclosure.halt_end == HaltEnd.TAKEN_BACK


def holds_back(disclosure: Disclosure, step: Step) -> bool:
    """Whether this step waits for the head, or has been taken back for good."""
    if taken_back(disclosure):
        return step in _LOOKING | _TAKING
    if not waits(disclosure):
        return False
    # A case that is closed is decided by nobody any more, so it is decided before.
    return step in _LOOKING or step is Step.CLOSE or (disclosure.halt == Halt.ALL and step in _TAKING)


def words_of(disclosure: Disclosure) -> str:
    """How the case stands, for either side; empty where nothing waits. It does not say why (0022)."""
    if taken_back(disclosure):
        return _TAKEN_BACK
    return _WAITING[Halt(disclosure.halt)] if waits(disclosure) else ""


def check(disclosure: Disclosure, step: Step) -> None:
    """Raise `Halted` while the case's halt holds this step back."""
    if holds_back(disclosure, step):
        raise Halted(words_of(disclosure))
