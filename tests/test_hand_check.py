"""Three sites whose score a person can recompute from the exported table with a pocket calculator.

The weights and break points below are those printed in the README and in ``gis/models/guangzhou.toml``; nothing of
``gis`` is used.
"""

from __future__ import annotations

import csv
import math
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

REVITALIZATION = {
    "night_gap_closed": (0.22, lambda x: min(x / 103, 1)),
    "people_served": (0.14, lambda x: min(x / 5000, 1)),
    "return_per_cny": (0.18, lambda x: min(max(0.5 + x / 2, 0), 1)),
    "permission_ease": (0.14, lambda x: {0: 0.0, 1: 0.2, 2: 0.6, 3: 1.0}[int(x)]),
    "reports": (0.08, lambda x: x / (x + 12)),
    "service_gap": (0.12, lambda x: min(x / 5000, 1)),
    "charger_gap_closed": (0.07, lambda x: min(x, 1)),
    "elderly_share": (0.05, lambda x: x / 0.2 * 0.5 if x <= 0.2 else min(0.5 + (x - 0.2) / 0.1 * 0.5, 1)),
}
HERITAGE = {
    "legal_level": (0.18, lambda x: x),
    "urgency": (0.12, lambda x: {1: 0.0, 2: 0.3, 3: 0.8, 4: 1.0}[int(x)]),
    "reuse_fit": (0.18, lambda x: x / 4),
    "cluster": (0.10, lambda x: x / (x + 3)),
    "transit": (0.08, lambda x: max(1 - x / 500, 0)),
    "visitors": (0.10, lambda x: min(x / 50_000, 1)),
    "idle_support": (0.08, lambda x: x / (x + 1)),
    "story": (0.06, lambda x: x / 2),
    "reuse_permission": (0.10, lambda x: {0: 0.0, 1: 0.2, 2: 0.6, 3: 1.0}[int(x)]),
}
ROUNDING = 5e-4
"""The table is read with three decimals in mind."""


@pytest.fixture(scope="module")
def rows(
    sample_workspace: Path,
    panhuo: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> list[dict[str, str]]:
    """Return the exported opportunities of the sample city as text, as a spreadsheet shows them."""
    out = tmp_path_factory.mktemp("export") / "机会清单.csv"
    done = panhuo("export", sample_workspace, "opportunity", "--out", out)
    assert done.returncode == 0, done.stderr
    with out.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def missing(row: dict[str, str], key: str, value: Callable[[float], float]) -> tuple[float, float, float]:
    """Return what a missing criterion counts, and its ends: 0.5 in 0..1.

    Of a return without its land rent the most is known, the one at no rent, and it counts half of that.
    """
    if key == "return_per_cny" and row["npv_unrented_cny"]:
        most = value(float(row["npv_unrented_cny"]) / float(row["capex_cny"]))
        return most / 2, 0.0, most
    return 0.5, 0.0, 1.0


def by_hand(row: dict[str, str], criteria: dict) -> tuple[float, float, float]:
    """Return score, lowest and highest score of a row, from its raw columns alone."""
    score = low = high = 0.0
    for key, (weight, value) in criteria.items():
        raw = row[f"x_{key}"]
        nominal, least, most = missing(row, key, value) if raw == "" else (value(float(raw)),) * 3
        score, low, high = score + weight * nominal, low + weight * least, high + weight * most
    return score, low, high


def test_weights_of_a_theme_sum_to_one() -> None:
    for criteria in (REVITALIZATION, HERITAGE):
        assert math.isclose(sum(weight for weight, _ in criteria.values()), 1.0)


@pytest.mark.parametrize(("theme", "criteria"), [("revitalization", REVITALIZATION), ("heritage", HERITAGE)])
@pytest.mark.parametrize("place", [1, 2, 3])
def test_best_three_of_each_theme_can_be_recomputed(
    rows: list[dict[str, str]], theme: str, criteria: dict, place: int
) -> None:
    row = next(item for item in rows if item["theme"] == theme and item["rank"] == str(place))
    assert float(row["score"]) == pytest.approx(by_hand(row, criteria)[0], abs=ROUNDING)


def test_every_score_and_its_band_can_be_recomputed(rows: list[dict[str, str]]) -> None:
    for row in rows:
        score, low, high = by_hand(row, REVITALIZATION if row["theme"] == "revitalization" else HERITAGE)
        assert float(row["score"]) == pytest.approx(score, abs=ROUNDING), row["opportunity_id"]
        assert float(row["score_low"]) <= low + ROUNDING  # raw values have bands of their own beside missing ones
        assert float(row["score_high"]) >= high - ROUNDING
    assert any(row["missing"] for row in rows)


def test_ranks_follow_scores_and_count_each_asset_once(rows: list[dict[str, str]]) -> None:
    for theme in ("revitalization", "heritage"):
        ranked = sorted(
            (row for row in rows if row["theme"] == theme and row["rank"]), key=lambda row: int(row["rank"])
        )
        assert [int(row["rank"]) for row in ranked] == list(range(1, len(ranked) + 1))
        scores = [round(float(row["score"]), 12) for row in ranked]  # what differs by less is a tie, broken by the id
        assert scores == sorted(scores, reverse=True)
        assert len({row["asset_id"] for row in ranked}) == len(ranked)
        assert all(row["permission"] != "forbidden" for row in ranked)
