"""Stand-ins for modules that DLIO imports and, as run here, never uses.

Python imports this module at its start when this folder is on PYTHONPATH.
STOKER_STAND_INS names the top-level modules to replace, separated by commas;
whatever is imported from them or from below them is there and does nothing.
"""

import importlib.abc
import importlib.machinery
import os
import sys
import types

REPLACED = os.environ.get("STOKER_STAND_INS", "").split(",")


class StandIn(types.ModuleType):
    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        # A class, because DLIO derives from some of them.
        if name[0].isupper():
            return type(name, (), {})
        return StandIn(f"{self.__name__}.{name}")

    def __call__(self, *args, **kwargs):
        # As a decorator it leaves the function as it is.
        return args[0] if args and callable(args[0]) else self


class StandInFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path, target=None):
        if name.partition(".")[0] not in REPLACED:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        return StandIn(spec.name)

    def exec_module(self, module):
        pass


sys.meta_path.insert(0, StandInFinder())
