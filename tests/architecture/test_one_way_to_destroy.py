"""A day's key has one place where it dies, and nothing gets there past the plan, or past the store that lost it."""

import ast
from collections.abc import Iterable, Iterator

import pytest

from tests.architecture.source import CODE, Module, modules

HOME = "tenants.retention.destruction"
# The guards of `begin_destruction` and of `enter_lost`; each reads the clocks itself.
GUARDS = {"refuse_unplanned", "refuse_not_lost"}


def _calls(within: ast.AST) -> Iterator[tuple[int, str]]:
    """Every call under a node, with its line and the last part of its name."""
    for node in ast.walk(within):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield node.lineno, name


def unguarded(module: Module) -> list[str]:
    """Functions that begin a destruction before a guard, or without one."""
    found = []
    for function in module.functions():
        begun = [line for line, name in _calls(function) if name == "_begin"]
        guarded = [line for line, name in _calls(function) if name in GUARDS]
        if begun and (not guarded or min(begun) < min(guarded)):
            found.append(function.name)
    return found


def elsewhere(found: Iterable[Module]) -> list[str]:
    """Modules that enter a destruction, or end a day's key, and are not the one that may."""
    return [
        module.name
        for module in found
        if module.name != HOME
        and (any(name == "Destruction" for _, name in _calls(module.tree)) or _ends_a_day_key(module.tree))
    ]


def _ends_a_day_key(tree: ast.Module) -> bool:
    """Whether the module knows day keys and writes to what keeps a secret: no other table with one is a day's."""
    knows = any(isinstance(node, ast.alias) and node.name == "DayKey" for node in ast.walk(tree))
    written = {
        target.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for one in node.targets
        for target in ast.walk(one)
        if isinstance(target, ast.Attribute)
    }
    return knows and "wrapped_secret" in written


@pytest.mark.req("KH-5-3c", "KH-5-4a")
def test_a_day_is_destroyed_in_one_module_and_behind_a_guard() -> None:
    (home,) = [module for module in modules(*CODE) if module.name == HOME]
    assert sum(name == "_begin" for _, name in _calls(home.tree)) == len(GUARDS)
    assert unguarded(home) == []
    assert elsewhere(modules(*CODE)) == []


@pytest.mark.parametrize(
    "planted",
    [
        "def now(key):\n    return _begin(key)\n",
        "def now(key):\n    made = _begin(key)\n    guarding.refuse_unplanned(key)\n    return made\n",
    ],
)
def test_a_way_past_the_plan_is_found(planted: str) -> None:
    assert unguarded(Module.of(HOME, planted)) == ["now"]


@pytest.mark.parametrize(
    "planted",
    [
        "from tenants.retention.models import Destruction\nmade = Destruction(id=1)\n",
        "from tenants.footage.models import DayKey\nkey.wrapped_secret, key.destroyed_at = None, 1\n",
    ],
)
def test_a_second_place_that_destroys_is_found(planted: str) -> None:
    assert elsewhere([Module.of("tenants.retention.other", planted)]) == ["tenants.retention.other"]
