"""Python's search for cycles of garbage, put off where millions of shapes and numbers are made at once."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def without_search() -> Iterator[None]:
    """Put the search off while the body (or the function that this decorates) runs.

    Every shape of a layer is an object that the search visits again and again, and none is part of a cycle: for a
    million records it takes a sixth of an import. Memory is freed as ever, by counting references. Whoever put the
    search off first brings it back, so that nested and concurrent calls cannot leave it off.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
