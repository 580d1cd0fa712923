"""Loops that numpy has no word for, compiled by numba.

Compiled code is kept in numba's cache: beside its module or, where that cannot be written, in the user's cache folder;
``NUMBA_CACHE_DIR`` names another. Where no folder can be written at all it is compiled anew in each process, which
takes seconds and changes nothing else. Only modules that are imported when they are needed may import this one: numba
takes half a second to load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba

if TYPE_CHECKING:
    from collections.abc import Callable

Compiled = TypeVar("Compiled", bound="Callable[..., Any]")


def compiled(signature: str | None = None, *, inline: bool = False) -> Callable[[Compiled], Compiled]:
    """Return what compiles a function, free of the interpreter's lock.

    Parameters
    ----------
    signature
        Its types in numba's words: it is compiled at once then, else at its first call for the types it is given.
    inline
        Whether its body takes the place of each call.
    """
    jit: Callable[..., Any] = numba.njit
    options = {"nogil": True, "inline": "always" if inline else "never"}
    types = () if signature is None else (signature,)

    def of(function: Compiled) -> Compiled:
        try:
            return cast("Compiled", jit(*types, cache=True, **options)(function))
        except RuntimeError:  # numba found no folder that it may write to
            return cast("Compiled", jit(*types, **options)(function))

    return of


def thread_count() -> int:
    """Return how many threads to share work between: the cores that this process may use, or ``NUMBA_NUM_THREADS``."""
    return int(numba.config.NUMBA_NUM_THREADS)  # type: ignore[attr-defined]
