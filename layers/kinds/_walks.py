"""Heritage walks: what ``panhuo route`` decides."""

from __future__ import annotations

from layers.kinds._columns import SUBDISTRICT
from layers.kinds._results import SAMPLE, told
from layers.schema import Field, Kind

WALK_THEMES = {
    "red": ("红色文化", "Red heritage"),
    "lingnan": ("岭南建筑", "Lingnan architecture"),
    "residence": ("名人故居", "Former residences"),
    "food": ("美食", "Food"),
}
VISITS = {
    "inside": ("入内参观", "Visited inside"),
    "open_air": ("露天观赏", "Seen in the open"),
    "outside": ("只看外观", "Seen from outside only"),
    "point": ("起点或终点", "Start or end, no sight"),
}
WAYS = {
    "street": ("沿街步行", "Along streets"),
    "straight": ("无街道，按直线估算", "No street: straight line times the detour factor"),
    "inside": ("相接，无须步行", "The two touch: no way between"),
}

ROUTE = Kind(
    "route",
    "文化线路",
    "Heritage walk",
    "result",
    ("point", "line"),
    id_field="route_id",
    fields=(
        Field("route_id", "string", "记录编号", "Record id", required=True),
        Field("walk_id", "string", "线路编号", "Walk id", required=True),
        Field(
            "part",
            "string",
            "组成",
            "Part",
            codes={"walk": ("全程", "The whole walk"), "stop": ("停留点", "Stop")},
            required=True,
        ),
        Field("stop_order", "int", "次序", "Order of the stop, from 1", low=1),
        *told("name", "名称", "Name"),
        SUBDISTRICT,
        Field("asset_kind", "string", "资产类别", "Kind of asset"),
        Field("asset_id", "string", "资产编号", "Asset id"),
        Field("visit", "string", "看法", "How it is seen", codes=VISITS),
        Field("theme", "string", "主题", "Themes, by their codes"),
        Field("arrive_clock", "string", "到达时刻", "Arrival, by the clock"),
        Field("leave_clock", "string", "离开时刻", "Departure, by the clock"),
        Field("arrive_minutes", "float", "到达(自出发)", "Arrival, since the walk started", "min"),
        Field("leave_minutes", "float", "离开(自出发)", "Departure, since the walk started", "min"),
        Field("walk_m", "float", "步行距离", "Walk: of a stop from the one before, of a walk in all", "m"),
        Field("walk_minutes", "float", "步行时间", "Minutes on foot, likewise", "min"),
        Field("wait_minutes", "float", "等候时间", "Minutes waited for an opening, likewise", "min"),
        Field("stay_minutes", "float", "停留时间", "Minutes of stay, likewise", "min"),
        Field("way", "string", "步行路径", "What the walk follows", codes=WAYS),
        Field("value", "float", "价值", "Value: of a stop, of a walk in all"),
        Field("value_bound", "float", "价值上限", "No walk within the time is worth more"),
        Field("is_proven", "bool", "已证明最优", "Proven: no walk within the time is worth more"),
        Field("stop_count", "int", "景点数", "Sights", "sights"),
        *told("story", "故事", "Story"),
        *told("note", "提示", "What to know"),
        SAMPLE,
    ),
)
"""A walk is one row of part ``walk`` (a MultiLineString of its legs in order, none where two stops touch; what it takes
and is worth in all), and a row of part ``stop`` for each place (a point in it). So a map draws one line and its stops,
each of one type of geometry that a GIS can style and filter by ``part``; a leg of its own would break the line at every
click, and a stop that is a line is found by nobody."""
