"""A write is an action: keyword-only, with its actor, and recorded in the chain (code-style rule 4).

What only its own package calls is a step of an action: it takes the actor and records as well, and may take what it is
about without a name.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping

import pytest

from tests.architecture.callgraph import RECORD, CallGraph
from tests.architecture.source import Module, modules

# Writes that are no act of anybody's, each with the reason why the chain does not hold them.
UNRECORDED: Mapping[str, str] = {
    "tenants.compliance.actions.take_now": "facts that follow from rows which others wrote and recorded",
    "tenants.compliance.actions.take_day": "facts that follow from rows which others wrote and recorded",
    "tenants.compliance.articles.actions.take_city_day": "counts of findings that others wrote",
    "tenants.compliance.articles.actions.take_findings": "findings that follow from rows which others recorded",
    "tenants.compliance.sampling.taking.take_cases": "facts that follow from rows which others wrote and recorded",
    "tenants.disclosures.applying.visits.clear": "what was sent lies in the case, whose filing is recorded",
    "tenants.disclosures.applying.visits.keep": "words typed and not sent: nobody has asked for anything yet",
    "tenants.disclosures.retained.making.note_failure": "a try that came to nothing: the copy stands where it stood",
    "tenants.platform.actions.note_fault": "a try that came to nothing: what it was about stands where it stood",
    "tenants.platform.actions.note_service": "what was seen of a service, which nobody changed",
    "tenants.platform.actions.note_store": "what was seen of the store, which nobody changed",
    "tenants.platform.actions.settle_fault": "the try itself recorded what it did",
    "tenants.registry.assessments.counting.take_zones": "facts that follow from rows which others wrote and recorded",
    "tenants.upkeep.property.counting.take_property": "facts that follow from rows which others wrote and recorded",
    "tenants.retention.pending.note_failure": "a try that came to nothing: what it was about stands where it stood",
    "tenants.retention.pending.note_copy_failure": "a try that came to nothing: the hold stands where it stood",
}


def faults(found: Iterable[Module], *, unrecorded: Mapping[str, str] = UNRECORDED) -> Iterator[str]:
    """Public functions that change rows, or are called actions, and are not actions."""
    graph = CallGraph(found)
    for name, function in graph.functions.items():
        module, _, short = name.rpartition(".")
        # What tells faults beside an action, for its form, changes nothing; a write would be seen below.
        is_action = module.endswith(".actions") and not short.endswith("_faults")
        if short.startswith("_") or name == RECORD or not name.startswith("tenants."):
            continue
        if not (is_action or graph.writes(name) or graph.records(name)):
            continue
        arguments = function.args
        named_only = not (arguments.args or arguments.posonlyargs or arguments.vararg)
        if not named_only and (is_action or graph.used_outside(name)):
            yield f"{name}: start its arguments with `*`, so that every call names them"
        if "actor" not in _required(arguments):
            yield f"{name}: take `actor: Actor` without a default, nobody acts anonymously"
        if not graph.records(name) and name not in unrecorded:
            yield f"{name}: call tenants.audit.actions.record(Event.…) in the same transaction"


def _required(arguments: ast.arguments) -> set[str]:
    pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return {argument.arg for argument, default in pairs if default is None}


def test_every_write_is_an_action() -> None:
    found = modules("tenants", "webapp", "workers")
    assert sum(module.name.endswith(".actions") for module in found) > 3
    wrong = list(faults(found))
    assert not wrong, "\n".join(wrong)


def test_the_exceptions_are_still_needed() -> None:
    found = "\n".join(faults(modules("tenants"), unrecorded={}))
    assert not [name for name in UNRECORDED if name not in found], "remove the exception"


AUDITED = "from tenants.audit.actions import record\n"


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("def add(*, code):\n    record(1)", "take `actor"),
        ("def add(*, code, actor=None):\n    record(1)", "take `actor"),
        ("def add(*, actor):\n    db.session.add(1)", "same transaction"),
        ("def add(*, actor):\n    _keep(1)\n\ndef _keep(row):\n    row.x, row.y = 1, 2", "same transaction"),
        ("def add(*, actor):\n    db.session.execute(insert(1))", "same transaction"),
    ],
)
def test_the_guard_sees_a_write_that_is_no_action(text: str, advice: str) -> None:
    assert advice in "\n".join(faults([Module.of("tenants.planted.queries", AUDITED + text)]))


@pytest.mark.parametrize("module", ["tenants.planted.actions", "tenants.planted.steps"])
def test_the_guard_sees_an_action_whose_arguments_have_no_names(module: str) -> None:
    written = Module.of(module, AUDITED + "def add(code, *, actor):\n    record(1)")
    caller = Module.of("webapp.planted", f"from {module} import add\n\ndef view():\n    add(1)")
    assert "start its arguments" in "\n".join(faults([written, caller]))


def test_the_guard_follows_a_record_through_other_functions() -> None:
    first = Module.of("tenants.a.actions", "from tenants.b import actions as b\n\ndef add(*, actor):\n    b.keep(1)")
    second = Module.of("tenants.b.actions", AUDITED + "def keep(*, actor):\n    _it()\n\ndef _it():\n    record(1)")
    assert not list(faults([first, second]))
