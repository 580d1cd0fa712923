"""Matching against a known truth: the sample city written down by a second department; and 100,000 points in time."""

from __future__ import annotations

import json
import time

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from matching_truth import city, second_list

from layers import schema
from layers.matching.join import join
from layers.matching.same_place import decide, score_pairs, sides

KINDS = ("parking", "charging", "heritage", "community", "service", "public_building", "idle_land")
LEAST_PRECISION, LEAST_RECALL, LEAST_WITH_QUEUE = 0.99, 0.9, 0.95
BUDGET_S = 20.0


def outcome(kind: str, seed: int, sigma_m: float) -> dict[str, int]:
    """Return right and wrong merges, true pairs left to a person, and how many pairs there are."""
    areas = [*city()["subdistrict"]["name"], *city()["district"]["name"]]
    known = city()[kind].sample(
        frac=0.85, random_state=seed + 10
    )  # the second list knows places that the first does not
    second = second_list(kind, seed, sigma_m=sigma_m)
    joined = join(known, second, kind=kind, source="乙局", areas=areas)
    merged = joined.frame[joined.frame["sources"].notna()]
    pairs = [
        (f"T-{asset_id}", record["source_id"])
        for asset_id, text in zip(merged["asset_id"], merged["sources"], strict=True)
        for record in json.loads(text)["records"]
        if record["source"] == "乙局"
    ]
    right = sum(one == other for one, other in pairs)
    asked = [
        {f"T-{member.asset_id}" if member.asset_id else member.source_id for member in (doubt.one, doubt.other)}
        for doubt in joined.doubts
    ]
    possible = int(second["source_id"].str.removeprefix("T-").isin(known["asset_id"]).sum())
    return {"right": right, "wrong": len(pairs) - right, "asked": sum(len(pair) == 1 for pair in asked), "of": possible}


@pytest.mark.parametrize("sigma_m", [15.0, 40.0])
def test_merges_are_right_and_most_pairs_are_found(sigma_m: float, capsys: pytest.CaptureFixture[str]) -> None:
    told = pd.DataFrame({kind: outcome(kind, 1, sigma_m) for kind in KINDS}).T
    total = told.sum()
    precision = total["right"] / (total["right"] + total["wrong"])
    recall, with_queue = total["right"] / total["of"], (total["right"] + total["asked"]) / total["of"]
    with capsys.disabled():
        print(f"\nsigma {sigma_m:.0f} m: precision {precision:.4f} recall {recall:.3f} with queue {with_queue:.3f}")
    assert precision >= LEAST_PRECISION
    assert recall >= LEAST_RECALL
    assert with_queue >= LEAST_WITH_QUEUE


def crowd(count: int, seed: int) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return two lists of car parks over a city of 450 km2, the second moved by some 20 m and shuffled."""
    rng = np.random.default_rng(seed)
    letters = np.array([chr(0x4E00 + number) for number in rng.choice(3000, 1500, replace=False)])
    cores = ["".join(word) for word in letters[rng.integers(0, len(letters), (count, 3))]]
    names = np.char.add(cores, rng.choice(["停车场", "花园停车场", "公共停车场", "地下停车库"], count))
    places = np.column_stack([113 + rng.random(count) * 0.2, 23 + rng.random(count) * 0.2])
    stalls, numbers = rng.integers(5, 500, count), [str(number) for number in range(count)]

    def listed(source: str, moved: np.ndarray, order: np.ndarray) -> gpd.GeoDataFrame:
        table = {"name": names[order], "stall_count": stalls[order], "source_id": np.array(numbers)[order]}
        frame = pd.DataFrame(table).assign(source=source, position="exact")
        return schema.conform(
            gpd.GeoDataFrame(frame, geometry=shapely.points(moved[order]), crs="EPSG:4326"), schema.kind("parking")
        )

    moved = places + rng.normal(0, 20 / 111_000, places.shape)
    return listed("甲", places, np.arange(count)), listed("乙", moved, rng.permutation(count))


@pytest.mark.slow
def test_two_lists_of_100_000_are_matched_in_time(capsys: pytest.CaptureFixture[str]) -> None:
    one, other = crowd(100_000, 1)
    start = time.process_time()
    pairs = score_pairs(*sides([one, other], []), "parking")
    verdict = decide(pairs)
    took_s = time.process_time() - start
    merged = pairs[verdict == "merge"]
    is_right = one["source_id"].to_numpy()[merged["left"]] == other["source_id"].to_numpy()[merged["right"]]
    with capsys.disabled():
        print(f"\n2 x 100,000 points: {len(merged)} merged in {took_s:.1f} s")
    assert is_right.mean() >= LEAST_PRECISION
    assert is_right.sum() >= LEAST_RECALL * len(one)
    assert took_s < BUDGET_S
