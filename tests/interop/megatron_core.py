"""megatron-core's indexed datasets without PyTorch, which takes gigabytes.

What reads and writes an indexed dataset is numpy; PyTorch gives the names of
classes and passes arrays through. `megatron/core/__init__.py` imports models,
so the package is entered beside it. Everything else is megatron-core's own
code, and its compiled helpers.
"""

import importlib.util
import os
import sys
import types

import numpy as np


def _module(name, **members):
    module = types.ModuleType(name)
    module.__dict__.update(members)
    sys.modules[name] = module
    return module


class _Tensor(np.ndarray):
    """An array that a builder takes for a tensor."""

    def numpy(self):
        return np.asarray(self)


def from_numpy(array):
    return array.view(_Tensor)


_distributed = _module(
    "torch.distributed", is_available=lambda: False,
    is_initialized=lambda: False)
_data = _module("torch.utils.data", Dataset=object)
_utils = _module("torch.utils", data=_data)
_module("torch", Tensor=_Tensor, from_numpy=from_numpy, utils=_utils,
        distributed=_distributed, __path__=[])

_core = os.path.join(
    importlib.util.find_spec("megatron").submodule_search_locations[0], "core")
_module("megatron.core", __path__=[_core])
_module("megatron.core.utils",
        log_single_rank=lambda logger, *args, **kwargs: None)

from megatron.core.datasets import helpers_cpp  # noqa: E402, F401
from megatron.core.datasets.indexed_dataset import (  # noqa: E402, F401
    IndexedDataset,
    IndexedDatasetBuilder,
)
