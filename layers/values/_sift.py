"""Whole columns of text sifted by a pattern: on all cores, and each different text once where few are different."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_TEXTS_A_CORE = 50_000  # fewer are sifted before a second core has begun
_PROBE, _FEW = 2_000, 200
"""A column is taken to repeat itself where its first 2,000 texts are 200 or fewer; a wrong guess costs time only."""


def contains(texts: pd.Series, pattern: str, *, ignore_case: bool = False) -> NDArray[np.bool_]:
    r"""Return which texts contain a pattern; a missing text contains nothing.

    Parameters
    ----------
    texts
        A column in pandas' string type, or of texts and ``None``.
    pattern
        Regular expression (RE2: no look-around; ``\s`` and ``\d`` are ASCII only).
    ignore_case
        Whether upper and lower case are the same.
    """
    found = pa.array(texts.array, type=pa.large_string(), from_pandas=True)
    chunks = found if isinstance(found, pa.ChunkedArray) else pa.chunked_array([found])
    cores = min(os.cpu_count() or 1, len(chunks) // _TEXTS_A_CORE)
    if cores < 2:
        return _contains(chunks, pattern, ignore_case)
    size = -(-len(chunks) // cores)
    with ThreadPoolExecutor(cores) as pool:  # Arrow lets go of Python's lock
        parts = [
            pool.submit(_contains, chunks.slice(start, size), pattern, ignore_case)
            for start in range(0, len(chunks), size)
        ]
        return np.concatenate([part.result() for part in parts])


def _contains(texts: pa.ChunkedArray, pattern: str, ignore_case: bool) -> NDArray[np.bool_]:
    if len(texts) <= _PROBE or pc.count_distinct(texts.slice(0, _PROBE)).as_py() > _FEW:
        return _found(texts, pattern, ignore_case)
    encoded = texts.combine_chunks().dictionary_encode()
    different = _found(pa.chunked_array([encoded.dictionary]), pattern, ignore_case)
    codes = encoded.indices.fill_null(-1).to_numpy()  # a missing text has the last answer
    return np.asarray(np.append(different, False)[codes])


def _found(texts: pa.ChunkedArray, pattern: str, ignore_case: bool) -> NDArray[np.bool_]:
    hits = pc.match_substring_regex(texts, pattern, ignore_case=ignore_case)
    return np.asarray(pc.fill_null(hits, False).to_numpy(), dtype=bool)
