"""Empty classes in place of packages that are not installed.

Importing this module is enough. Libraries that read and write files take base
classes alone of PyTorch and nothing of cloud clients, which are gigabytes.
"""

import importlib.abc
import importlib.machinery
import sys
import types

NOT_INSTALLED = (
    "azure", "boto3", "botocore", "google", "oci", "paramiko", "psutil",
    "snappy", "torch", "torchvision", "transformers", "zstd",
)


class StandIn(types.ModuleType):
    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


class StandInFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path, target=None):
        if name.split(".")[0] in NOT_INSTALLED:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        return StandIn(spec.name)

    def exec_module(self, module):
        pass


sys.meta_path.append(StandInFinder())
