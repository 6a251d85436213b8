"""Which function of the domain leads to which, as far as names can tell: enough to see that a write is recorded."""

import ast
from collections.abc import Iterable, Iterator

from tests.architecture.source import Module

Function = str  # its dotted name
RECORD = "tenants.audit.actions.record"
_SESSION_WRITES = frozenset({"add", "add_all", "merge", "delete", "bulk_save_objects"})
_STATEMENTS = frozenset({"insert", "update", "delete", "overwrite"})


class CallGraph:
    """Functions of the modules given, private ones included, and what each mentions."""

    def __init__(self, modules: Iterable[Module]) -> None:
        self.functions: dict[Function, ast.FunctionDef | ast.AsyncFunctionDef] = {}
        self._mentions: dict[Function, set[Function]] = {}
        self._writers: set[Function] = set()
        for module in modules:
            names = _names_of(module)
            for function in module.functions():
                name = f"{module.name}.{function.name}"
                self.functions[name] = function
                self._mentions[name] = set(_mentioned(function, names))
                if _writes(function):
                    self._writers.add(name)

    def writes(self, function: Function) -> bool:
        """Whether a function changes a row, itself or through what it calls."""
        return bool(self._reached(function) & self._writers)

    def records(self, function: Function) -> bool:
        """Whether a function leads to an audit event."""
        return RECORD in self._reached(function)

    def used_outside(self, function: Function) -> bool:
        """Whether a function of another package calls it."""
        package = function.split(".")[:2]
        return any(function in names and user.split(".")[:2] != package for user, names in self._mentions.items())

    def _reached(self, start: Function) -> set[Function]:
        found, waiting = {start}, [start]
        while waiting:
            for name in self._mentions.get(waiting.pop(), set()) - found:
                found.add(name)
                waiting.append(name)
        return found


def _names_of(module: Module) -> dict[str, str]:
    """What the names at the top of a module stand for, as dotted names."""
    names = {function.name: f"{module.name}.{function.name}" for function in module.functions()}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _mentioned(function: ast.AST, names: dict[str, str]) -> Iterator[Function]:
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id in names:
            yield names[node.id]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names:
            yield f"{names[node.value.id]}.{node.attr}"


def _writes(function: ast.AST) -> bool:
    for node in ast.walk(function):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Attribute(attr="session"), attr=verb)) if (
                verb in _SESSION_WRITES
            ):
                return True
            case ast.Call(func=ast.Name(id=verb)) if verb in _STATEMENTS:
                return True
            case ast.Assign(targets=targets) if any(_is_attribute(target) for target in targets):
                return True
            case ast.AugAssign(target=target) if _is_attribute(target):
                return True
    return False


def _is_attribute(target: ast.expr) -> bool:
    """`row.column = …`, which is how a loaded row is changed; `self.x` is an object's own business."""
    if isinstance(target, ast.Tuple):
        return any(_is_attribute(one) for one in target.elts)
    return isinstance(target, ast.Attribute) and not (isinstance(target.value, ast.Name) and target.value.id == "self")
