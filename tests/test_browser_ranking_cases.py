"""Ranking in Python and in TypeScript is held to one file of cases (`rank.test.ts` reads it too)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from gis import ranking
from gis.criteria import Values

CASES = json.loads((Path(__file__).parent / "data" / "ranking_cases.json").read_text(encoding="utf-8"))["cases"]
TOLERANCE = 1e-12


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_python_ranks_as_the_cases_say(case: dict[str, Any]) -> None:
    options = pd.DataFrame(case["options"])
    options.index = pd.Index(options["opportunity_id"].to_numpy())
    raw = pd.DataFrame(list(options["values"]), index=options.index).astype("float64")
    total = sum(case["weights"].values())
    weights = {key: weight / total for key, weight in case["weights"].items()}
    values = Values(raw=raw, value=raw.fillna(0.5), low=raw.fillna(0), high=raw.fillna(1), missing=raw.isna())
    parts = ranking.contributions(values.value, weights)
    table = options.join(ranking.scores(values, weights))
    ranks = ranking.ranks(table)
    for wanted in case["expected"]:
        held = table.loc[wanted["opportunity_id"]]
        for column in ("score", "score_low", "score_high"):
            assert held[column] == pytest.approx(wanted[column], abs=TOLERANCE), column
        assert parts.loc[held.name].to_dict() == pytest.approx(wanted["contributions"], abs=TOLERANCE)
        rank = ranks[held.name]
        assert (None if pd.isna(rank) else rank) == wanted["rank"]
