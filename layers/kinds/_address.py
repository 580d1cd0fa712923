"""Standard addresses, building codes and grid cells of a district (四标四实), by which records find their place."""

from __future__ import annotations

from layers.kinds._columns import asset
from layers.schema import Field, Kind

ADDRESS = Kind(
    "address",
    "标准地址",
    "Standard address",
    "context",
    ("point", "polygon"),
    asset(
        Field(
            "building_code",
            "string",
            "楼栋编码",
            "Building code",
            aliases=("楼栋编码", "建筑物编码", "房屋编码", "楼栋代码", "标准建筑物编码"),
        ),
        Field(
            "grid_code",
            "string",
            "网格编码",
            "Grid code",
            aliases=("网格编码", "网格代码", "网格号", "单元网格编码", "网格编号"),
        ),
        name_aliases=("建筑物名称", "楼栋名称", "网格名称"),
    ),
)
