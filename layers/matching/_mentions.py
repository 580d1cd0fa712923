"""Which of many names occur in which of many texts: every window of a name's length, looked up by a rolling hash."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_BASE = np.uint64(1_000_003)
_CHUNK = 20_000
_LONGEST = 120
"""Characters of a text that are searched; an address names its area at its beginning."""


def mentions(texts: Sequence[str], names: Sequence[str]) -> pd.DataFrame:
    """Return where names occur in texts; a name inside a longer one that occurs there is left out.

    Parameters
    ----------
    texts, names
        In one spelling; blank names are never found.

    Returns
    -------
    DataFrame
        ``text`` and ``name`` (positions in the arguments; equal names are all returned), ``start`` and ``end`` of the
        occurrence; ordered.
    """
    cut = [text[:_LONGEST] for text in texts]
    known = pd.DataFrame({"word": pd.Series(list(names), dtype=object), "name": np.arange(len(names))})
    known = known[known["word"] != ""]
    words = known["word"].unique()
    found = [
        _in_chunk(cut[first : first + _CHUNK], words).assign(text=lambda table, first=first: table["text"] + first)
        for first in range(0, len(cut), _CHUNK)
        if len(words)
    ]
    if not found:
        return pd.DataFrame({name: np.empty(0, dtype=np.int64) for name in ("text", "name", "start", "end")})
    hits = _outermost(pd.concat(found, ignore_index=True)).merge(known, on="word")
    return hits[["text", "name", "start", "end"]].sort_values(["text", "start", "name"], ignore_index=True)


def _in_chunk(texts: list[str], words: NDArray[np.object_]) -> pd.DataFrame:
    width = max(1, *map(len, texts))
    letters = np.array(texts, dtype=f"U{width}").view(np.uint32).reshape(len(texts), width).astype(np.uint64)
    prefix = np.zeros((len(texts), width + 1), dtype=np.uint64)
    for column in range(width):
        prefix[:, column + 1] = prefix[:, column] * _BASE + letters[:, column]
    found = []
    lengths = np.array([len(word) for word in words])
    for length in np.unique(lengths[lengths <= width]):
        own = words[lengths == length]
        power = np.uint64(pow(int(_BASE), int(length), 2**64))
        windows = prefix[:, length:] - prefix[:, : width + 1 - length] * power
        row, start = np.nonzero(np.isin(windows, _hashes(own)))
        pairs = zip(row, start, strict=True)
        word = np.array([texts[at][begin : begin + length] for at, begin in pairs], dtype=object)
        hit = pd.DataFrame({"text": row, "start": start, "end": start + length, "word": word})
        found.append(hit[hit["word"].isin(own)])  # a hash may deceive, the text does not
    columns = {"text": np.int64, "start": np.int64, "end": np.int64, "word": object}
    filled = [hit for hit in found if len(hit)]
    return pd.concat(filled) if filled else pd.DataFrame({k: np.empty(0, dtype=t) for k, t in columns.items()})


def _hashes(words: NDArray[np.object_]) -> NDArray[np.uint64]:
    letters = np.array(words, dtype=str)
    table = letters.view(np.uint32).reshape(len(words), -1).astype(np.uint64)
    found = np.zeros(len(words), dtype=np.uint64)
    for column in range(table.shape[1]):
        found = found * _BASE + table[:, column]
    return found


def _outermost(hits: pd.DataFrame) -> pd.DataFrame:
    """Return the occurrences that lie in no longer one of the same text."""
    numbered = hits.reset_index(drop=True)
    several = numbered[numbered["text"].duplicated(keep=False)]
    both = several.reset_index().merge(several, on="text", suffixes=("", "_outer"))
    inside = (both["start_outer"] <= both["start"]) & (both["end_outer"] >= both["end"])
    longer = both["end_outer"] - both["start_outer"] > both["end"] - both["start"]
    return numbered.drop(index=both.loc[inside & longer, "index"].unique())
