"""Ground of the fake town: streets, blocks, houses and water on a square grid, as GeoJSON features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random

WEST, SOUTH = 113.24, 23.10
STEP = 0.0021
BLOCKS = 12


def _ring(x: float, y: float, width: float, height: float) -> list[list[float]]:
    corners = ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
    return [[round(x + i * width, 6), round(y + j * height, 6)] for i, j in corners]


def feature(identifier: str, geometry: dict[str, Any], **properties: Any) -> dict[str, Any]:
    """Return a GeoJSON feature."""
    return {"type": "Feature", "id": identifier, "geometry": geometry, "properties": properties}


def polygon(x: float, y: float, width: float, height: float) -> dict[str, Any]:
    """Return a rectangle by its south-western corner and its size, degrees."""
    return {"type": "Polygon", "coordinates": [_ring(x, y, width, height)]}


def layers(draw: random.Random) -> dict[str, list[dict[str, Any]]]:
    """Return the features of every layer of the fake town, the same for the same draws."""
    span = STEP * BLOCKS
    buildings, streets, communities = [], [], []
    for i in range(BLOCKS + 1):
        x, y = WEST + i * STEP, SOUTH + i * STEP
        across = [[WEST, y], [WEST + span / 2, y + 2e-4], [WEST + span, y]]
        down = [[x, SOUTH], [x + 2e-4, SOUTH + span / 2], [x, SOUTH + span]]
        for tag, line in (("h", across), ("v", down)):
            streets.append(
                feature(
                    f"street-{tag}{i}",
                    {"type": "LineString", "coordinates": line},
                    name=f"榕{'东' if tag == 'h' else '南'}{i + 1}路",
                    street_class="main" if i % 6 == 0 else "secondary" if i % 3 == 0 else "alley",
                )
            )
    for i in range(BLOCKS):
        for j in range(BLOCKS):
            x, y = WEST + (i + 0.12) * STEP, SOUTH + (j + 0.12) * STEP
            for k in range(9):
                w, h = (0.12 + 0.1 * draw.random()) * STEP, (0.12 + 0.1 * draw.random()) * STEP
                at = polygon(x + (k % 3) * 0.26 * STEP, y + (k // 3) * 0.26 * STEP, w, h)
                buildings.append(feature(f"building-{i}-{j}-{k}", at, name=None, floor_count=draw.randint(2, 9)))
            if (i + j) % 3 == 0:
                at = polygon(x, y, 0.76 * STEP, 0.76 * STEP)
                communities.append(feature(f"community-{i}-{j}", at, name=f"示例小区{i}{j}", condition_grade="C"))
    half = span / 2
    return {
        "subdistrict": [
            feature(
                f"sd-{i}",
                polygon(WEST + (i % 2) * half, SOUTH + (i // 2) * half, half, half),
                name=f"{name}街道",
                subdistrict_code=f"SD0{i + 1}",
            )
            for i, name in enumerate(("望榕", "听潮", "临埠", "青砖"))
        ],
        "community": communities,
        "heritage": [
            feature(
                f"heritage-{i}",
                {"type": "Point", "coordinates": [WEST + span * draw.random(), SOUTH + span * draw.random()]},
                name=f"示例祠堂{i + 1}",
                heritage_class="historic_building" if i % 2 else "district_unit",
            )
            for i in range(20)
        ],
        "water": [feature("water-1", polygon(WEST - 0.004, SOUTH - 0.006, span + 0.008, 0.005), name="虚江")],
        "green": [feature("green-1", polygon(WEST + 0.3 * span, SOUTH + 0.3 * span, STEP, STEP), name="榕荫园")],
        "building": buildings,
        "street": streets,
    }
