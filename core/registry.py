"""Finds plug-ins by scanning a package: adding one means adding a file."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType


def modules(package: ModuleType) -> Iterator[ModuleType]:
    """Import and yield every module directly inside `package`, by name, `__main__` left out."""
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        if info.name != "__main__" and not info.ispkg:
            yield importlib.import_module(f"{package.__name__}.{info.name}")


def plugins(package: ModuleType, attribute: str) -> dict[str, type]:
    """Return the classes defined in `package` that carry a non-empty `attribute`, by its value.

    Raises `ValueError` when two classes claim the same name.
    """
    found: dict[str, type] = {}
    for module in modules(package):
        for _, item in inspect.getmembers(module, inspect.isclass):
            name = vars(item).get(attribute)
            if item.__module__ != module.__name__ or not isinstance(name, str) or not name:
                continue
            if name in found:
                raise ValueError(f"{found[name]} and {item} both call themselves {name!r}")
            found[name] = item
    return found
