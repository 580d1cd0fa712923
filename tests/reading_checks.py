"""What tests of the readers share: two car parks, a ledger, and how a refusal reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely

from layers.errors import PanhuoError
from layers.reading import read_file

if TYPE_CHECKING:
    from pathlib import Path

PLACES = [(113.27101, 23.12101), (113.28202, 23.12402)]
NAMES, STALLS = ["甲停车场", "乙停车场"], [35, 120]
ROWS = [
    ["停车场名称", "泊位总数", "经度", "纬度"],
    *([f"甲{at}", 20 + at, 113.27101 + at / 997, 23.12101] for at in range(40)),
]


def refusal(path: Path | str, kind: str = "parking") -> str:
    """Return the one line with which a file is refused."""
    with pytest.raises(PanhuoError) as caught:
        read_file(path, kind)
    text = str(caught.value)
    assert "\n" not in text
    assert caught.value.hint
    assert caught.value.line_zh
    return text


def assert_parking(path: Path | str, **options: Any) -> Any:
    """Read a file and hold it against the two car parks."""
    result = read_file(path, "parking", **options)
    assert result.frame["name"].tolist() == NAMES
    assert result.frame["stall_count"].tolist() == STALLS
    assert np.allclose(shapely.get_coordinates(result.frame.geometry.to_numpy()), PLACES, atol=1e-9)
    return result
