"""Keeps out of memory what a library loads and nobody here uses: it would lie in the process of each camera (0037)."""

import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec
from types import ModuleType


class _Later(ModuleType):
    """Stands for a module until something of it is asked for.

    The standard library's lazy loader waits no longer than its second import, which asks for `__spec__`.
    """

    def __getattr__(self, name: str) -> object:
        object.__setattr__(self, "__class__", ModuleType)
        spec: ModuleSpec | None = self.__spec__
        if spec is not None and spec.loader is not None:
            spec.loader.exec_module(self)
        return getattr(self, name)


def load_when_used(name: str) -> None:
    """From now on importing this module loads it with its first use. Does nothing where it is loaded already."""
    spec = find_spec(name) if name not in sys.modules else None
    if spec is not None:
        module = module_from_spec(spec)
        object.__setattr__(module, "__class__", _Later)
        sys.modules[name] = module
