"""The quick ways through large files give what the careful ones do."""

from __future__ import annotations

import gc
import json
import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers import snapshot
from layers._garbage import without_search
from layers.reading import _csv
from layers.reading._place import coordinates
from layers.values import _sift
from layers.values._sift import contains

if TYPE_CHECKING:
    from pathlib import Path

CELLS = ("", "a", "示范路", '"a"', '"a,b"', '"a\nb"', '"a""b"', '""', " ", 'x"y', '"', "\r", "\ufeff", "1.50")


def _read(path: Path, text: str, encoding: str) -> list[list[object]] | str:
    try:
        cells = _csv._grid(path, encoding, text, ",")
    except Exception as error:  # noqa: BLE001  (both ways must end alike, however they end)
        return type(error).__name__
    return cells.astype(object).where(cells.notna(), None).to_numpy().tolist()


@given(
    st.lists(st.lists(st.sampled_from(CELLS), min_size=2, max_size=3), min_size=1, max_size=6),
    st.sampled_from(("\n", "\r\n", "\r")),
    st.sampled_from(("utf-8", "utf-8-sig", "gb18030")),
)
def test_regular_tables_are_read_alike(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], end: str, encoding: str
) -> None:
    """Whatever the quick reader takes, it reads as the careful one does."""
    path, text = tmp_path_factory.mktemp("quick") / "a.csv", end.join(",".join(row) for row in rows) + end
    path.write_bytes(text.encode(encoding))
    quick = _read(path, text, encoding)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_csv, "_regular_grid", lambda *_: None)
        assert quick == _read(path, text, encoding)


def test_only_regular_tables_are_read_quickly(tmp_path: Path) -> None:
    """A mark inside a word and a row that is short are left to the careful reader."""
    path = tmp_path / "a.csv"
    for text, is_quick in (('a,"b,c"\n1,"x""y"\n', True), ('a,b"c\n1,2\n', False), ("a,b\n1\n", False)):
        path.write_text(text, encoding="utf-8")
        assert (_csv._regular_grid(path, "utf-8", ",", 2) is not None) is is_quick


@given(st.lists(st.sampled_from(["路1号", "路", "", None, "A-7"]), max_size=40), st.sampled_from(["[0-9]", "^$", "a"]))
def test_a_column_is_sifted_as_text_by_text(texts: list[str | None], pattern: str) -> None:
    """Split over cores or not, by different texts or not: the same answer, and nothing in a missing text."""
    expected = [text is not None and re.search(pattern, text, re.IGNORECASE) is not None for text in texts]
    column = pd.Series(texts, dtype="string")
    for cores, probe in ((1, 2_000), (10, 2_000), (10, 1), (10**9, 1)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_sift, "_TEXTS_A_CORE", cores)
            patch.setattr(_sift, "_PROBE", probe)
            assert contains(column, pattern, ignore_case=True).tolist() == expected


@given(st.floats(-4e7, 4e7), st.integers(0, 17))
def test_decimals_are_read_to_the_last_bit(number: float, places: int) -> None:
    """A plain decimal is the number that Python reads, and beside it odd cells keep their reading."""
    text = f"{number:.{places}f}"
    values, is_bad = coordinates(pd.Series([text, "113°30′", "见图", None], dtype="string"))
    assert values[0] == float(text)
    assert values[1] == 113.5
    assert np.isnan(values[2:]).all()
    assert is_bad.tolist() == [False, False, True, False]


def test_what_is_kept_beside_a_layer_is_json() -> None:
    """One entry a line, and the same values back; a number that JSON has not is refused."""
    data = {"名称": "甲", "report": {"records": [[1, 2], [4, 4]]}, "extent": None}
    text = snapshot.json_text(data)
    assert json.loads(text) == data
    assert len(text.splitlines()) == len(data) + 2
    assert json.loads(snapshot.json_text({})) == {}
    with pytest.raises(ValueError, match="JSON compliant"):
        snapshot.json_text({"share": float("nan")})


def test_the_search_for_garbage_comes_back() -> None:
    """Put off inside, also in a call within a call and after an error; as it was afterwards."""
    assert gc.isenabled()
    with pytest.raises(KeyError), without_search():  # noqa: PT012  (the error comes last)
        with without_search():
            assert not gc.isenabled()
        assert not gc.isenabled()
        raise KeyError
    assert gc.isenabled()
