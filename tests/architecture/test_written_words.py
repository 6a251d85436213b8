"""What people write in their own words is asked for identity numbers wherever it comes in (DR-22).

A form with a class asks by itself; a field that is read one by one goes through `webapp.forms.written`.
"""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.source import Module, modules

_WORDS = frozenset({"words", "note", "reason", "manner", "cause", "name", "title"})
# A choice that is called a reason, and words that are only shown to who wrote them.
_OTHERWISE = frozenset({("webapp.school.upkeep.faults", "reason"), ("webapp.public.fault_reports", "words")})


def unasked(module: Module) -> Iterator[str]:
    """Where a module reads words without asking."""
    for node in ast.walk(module.tree):
        if not (isinstance(node, ast.Call) and ast.unparse(node.func) == "request.form.get" and node.args):
            continue
        name = node.args[0].value if isinstance(node.args[0], ast.Constant) else ""
        are_words = name in _WORDS or str(name).endswith("_note")
        if are_words and module.name != "webapp.forms" and (module.name, name) not in _OTHERWISE:
            yield f"{module.name}:{node.lineno}: read {name!r} with webapp.forms.written"


@pytest.mark.req("DR-22")
def test_words_that_people_write_are_asked_for_identity_numbers() -> None:
    wrong = [fault for module in modules("webapp") for fault in unasked(module)]
    assert not wrong, "\n".join(wrong)


def test_the_guard_sees_words_that_nobody_asked() -> None:
    planted = Module.of("webapp.planted", 'request.form.get("head_note", "")')
    assert list(unasked(planted))
