"""A form tells everything that is wrong at once (DR-32): no fault waits until another one is mended.

What the rules say of a form is told by its `wrong`, which `Form.validate` asks whatever its fields have said. Code that
asks a rule only of a form whose fields are sound brings the rounds back, and so does a form with a `show` of its own.
"""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.source import Module, modules

_BASE = "webapp.forms"


def rounds(module: Module) -> Iterator[str]:
    """Where a module hides a fault behind another."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.IfExp) and _asks(node.test) and not _asks_itself(node.test):
            yield f"{module.name}:{node.lineno}: ask the form for what was typed beside `validate`, not only after it"
        if isinstance(node, ast.ClassDef):
            yield from _of_class(module, node)


def _of_class(module: Module, node: ast.ClassDef) -> Iterator[str]:
    for method in (each for each in node.body if isinstance(each, ast.FunctionDef)):
        if method.name == "show" and module.name != _BASE:
            yield f"{module.name}.{node.name}: say where a fault stands in `places` or `place_of`, not in `show`"
        for each in ast.walk(method):
            refuses = isinstance(each, ast.If) and isinstance(each.test, ast.UnaryOp) and _asks(each.test.operand)
            if refuses and any(isinstance(line, ast.Return) for line in each.body):
                yield f"{module.name}.{node.name}.{method.name}: a field's fault hides what the rules say; use `wrong`"


def _asks(test: ast.expr) -> bool:
    """Whether this asks a form, or the form that a form is, for its faults."""
    if isinstance(test, ast.BoolOp):
        return any(map(_asks, test.values))
    return isinstance(test, ast.Call) and isinstance(test.func, ast.Attribute) and test.func.attr == "validate"


def _asks_itself(test: ast.expr) -> bool:
    """`self.validate()`: what a form hands out of itself, once all of it was asked."""
    return isinstance(test, ast.Call) and ast.unparse(test.func) == "self.validate"


@pytest.mark.req("DR-32")
def test_no_form_tells_its_faults_in_rounds() -> None:
    wrong = [fault for module in modules("webapp") for fault in rounds(module)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("plan = form.plan() if form.validate() else None", "beside `validate`"),
        ("class F:\n def chosen(self):\n  if not self.validate():\n   return None\n  return 1", "use `wrong`"),
        ("class F:\n def validate(self):\n  if not super().validate():\n   return False\n  return True", "use `wrong`"),
        ("class F:\n def show(self, refused):\n  pass", "`place_of`"),
    ],
)
def test_the_guard_sees_a_planted_round(text: str, advice: str) -> None:
    assert advice in "\n".join(rounds(Module.of("webapp.planted", text)))


def test_a_form_with_its_rules_has_no_fault() -> None:
    text = "class F:\n def wrong(self):\n  return []\n\ndef send():\n if not form.validate():\n  return page(), 422"
    assert not list(rounds(Module.of("webapp.planted", text)))
