"""Context for a map that is never blank, and the network people walk on."""

from __future__ import annotations

from layers.kinds._columns import asset
from layers.schema import Field, Kind

CONTEXT = (
    Kind(
        "street",
        "道路",
        "Street",
        "context",
        ("line",),
        asset(
            Field(
                "street_class",
                "string",
                "道路等级",
                "Class",
                codes={
                    "expressway": ("快速路", "Expressway"),
                    "main": ("主干路", "Main road"),
                    "secondary": ("次干路", "Secondary road"),
                    "local": ("支路", "Local street"),
                    "alley": ("街巷", "Alley"),
                    "path": ("步行道", "Footpath"),
                    "steps": ("梯道", "Steps"),
                },
                aliases=("道路等级", "highway"),
            ),
            Field("is_walkable", "bool", "可步行", "Usable on foot", aliases=("可步行",)),
            Field("is_bridge", "bool", "桥梁", "Bridge", aliases=("桥梁",)),
            Field("width_m", "float", "宽度", "Width", "m", 0, 200, aliases=("宽度", "路宽")),
            name_aliases=("路名", "道路名称"),
        ),
    ),
    Kind(
        "building",
        "建筑",
        "Building",
        "context",
        ("polygon",),
        asset(
            Field("use", "string", "用途", "Use", aliases=("用途", "building")),
            Field("floor_count", "int", "层数", "Floors", "floors", 0, 200, aliases=("层数", "building:levels")),
            Field(
                "built_year", "int", "建成年份", "Year built", "year", -3000, 2030, aliases=("建成年份", "start_date")
            ),
        ),
    ),
    Kind(
        "water",
        "水系",
        "Water",
        "context",
        ("polygon", "line"),
        asset(Field("water_type", "string", "类型", "Type", aliases=("类型",))),
    ),
    Kind(
        "green",
        "绿地",
        "Green",
        "context",
        ("polygon",),
        asset(Field("green_type", "string", "类型", "Type", aliases=("类型",))),
    ),
)
