"""A second department's list made from the sample city, its truth known: renamed, moved, some missing, some new."""

from __future__ import annotations

from functools import cache

import geopandas as gpd
import numpy as np
import opencc
import pandas as pd
import shapely

from layers.sample import make_city

METRE_DEG = 1 / 111_000
FULL_WIDTH = str.maketrans("0123456789()", "０１２３４５６７８９（）")
CHINESE_DIGITS = str.maketrans("0123456789", "零一二三四五六七八九")


@cache
def city() -> dict[str, gpd.GeoDataFrame]:
    """Return the sample city's layers, each of source 甲局 and with an asset id."""
    return {
        kind: frame.assign(
            source=pd.array(["甲局"] * len(frame), dtype="string"),
            asset_id=pd.array([f"{kind}-{number:06d}" for number in range(len(frame))], dtype="string"),
        )
        for kind, frame in make_city().items()
    }


@cache
def _to_traditional() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


def renamed(name: str, address: str, how: int) -> str:
    """Return a name as another department may write it."""
    prefix = address.split("街道", 1)[0].removeprefix("示例市榕湾区") if "街道" in address else ""
    return {
        0: lambda: name,
        1: lambda: _to_traditional().convert(name),
        2: lambda: name.translate(FULL_WIDTH).replace("停车场", "停車場"),
        3: lambda: f"{prefix}街{name}" if prefix else name,
        4: lambda: f"示例市榕湾区{prefix}街道{name}" if prefix else name,
        5: lambda: name.replace("停车场", "公共停车场").replace("充电站", "汽车充电站"),
        6: lambda: name.replace("停车场", "停车库").replace("充电站", "站").replace("小区", ""),
        7: lambda: f"{name}（{address[-6:]}）" if address else name,
        8: lambda: name[:-1] if len(name) > 5 else name,
        9: lambda: name.translate(CHINESE_DIGITS),
    }[how % 10]()


def second_list(kind: str, seed: int, *, sigma_m: float = 25.0, share: float = 0.8) -> gpd.GeoDataFrame:
    """Return the list of 乙局: a share of the records of 甲局, renamed and moved, in another order.

    ``source_id`` holds the ``asset_id`` of the truth behind ``T-``.
    """
    rng = np.random.default_rng(seed)
    chosen = city()[kind].pipe(lambda frame: frame[frame.geometry.notna()])
    frame = chosen.sample(frac=share, random_state=seed).reset_index(drop=True)
    points = shapely.point_on_surface(frame.geometry.to_numpy())
    moved = shapely.get_coordinates(points) + rng.normal(0, sigma_m * METRE_DEG, (len(frame), 2))
    addresses = frame["address"].fillna("").tolist()
    hows = rng.integers(0, 10, len(frame))
    frame["name"] = pd.array(
        [renamed(name, address, int(how)) for name, address, how in zip(frame["name"], addresses, hows, strict=True)],
        dtype="string",
    )
    frame["source_id"] = "T-" + frame["asset_id"]
    frame["source"] = pd.array(["乙局"] * len(frame), dtype="string")
    frame["asset_id"] = pd.Series(pd.NA, index=frame.index, dtype="string")
    frame["data_date"] = frame["data_date"] + pd.Timedelta(days=30)
    return frame.set_geometry(gpd.GeoSeries(shapely.points(moved), crs=frame.crs))
