"""Sites that were chosen to become parking or charging."""

from __future__ import annotations

from layers.kinds._results import ACTIONS, COMMON, PERMISSIONS, SAMPLE, told
from layers.schema import Field, Kind

SITE_MODES = {
    "cover": ("最大覆盖", "Maximal covering"),
    "serve": ("按容量服务", "Capacitated covering"),
    "all": ("全覆盖最省", "Set covering"),
    "nearest": ("步行最近", "p-median"),
}
GAINS = {
    "people": ("人", "Persons"),
    "units": ("泊位、桩或充电口", "Stalls, piles or ports"),
    "communities": ("小区", "Communities"),
    "people_m": ("人·米", "Persons x metres saved"),
    "units_m": ("缺口·米", "Units missing x metres saved"),
}

SITE_CHOICE = Kind(
    "site_choice",
    "选址",
    "Chosen site",
    "result",
    ("point", "polygon", "line"),
    id_field="site_choice_id",
    fields=(
        Field("site_choice_id", "string", "选址编号", "Choice id", required=True),
        Field("site_order", "int", "次序(按边际效益)", "Order by what each adds", low=1),
        Field("opportunity_id", "string", "机会编号", "Opportunity id", required=True),
        Field("asset_kind", "string", "资产类别", "Kind of asset", required=True),
        Field("asset_id", "string", "资产编号", "Asset id", required=True),
        *COMMON,
        Field("action", "string", "活化动作", "Action", codes=ACTIONS, required=True),
        Field("mode", "string", "选址方式", "How sites were chosen", codes=SITE_MODES, required=True),
        Field("permission", "string", "许可", "Permission", codes=PERMISSIONS, required=True),
        Field("is_temporary", "bool", "仅限临时使用", "For temporary use only"),
        Field("is_decided", "bool", "此前已定", "Decided before, nothing more to pay"),
        Field("room_units", "float", "可提供数量", "Stalls, piles or ports it has", "stalls, piles or ports"),
        Field("served_units", "float", "补缺数量", "Of the gap it closes", "stalls, piles or ports"),
        Field("community_count", "int", "服务小区数", "Communities it serves", "communities"),
        Field("people_served", "float", "服务人口", "People of these communities", "persons"),
        Field("communities", "string", "服务小区", "Names of these communities"),
        Field("walk_m", "float", "平均步行距离", "Mean walk of those it serves", "m"),
        Field("capex_cny", "float", "投资", "Capex", "CNY"),
        Field(
            "gain",
            "float",
            "边际效益(老年优先时加权)",
            "What it adds to those before it, weighted where the old count more",
        ),
        Field("gain_of", "string", "边际效益的单位", "What the gain is measured in", codes=GAINS),
        *told("reason", "理由", "Reason"),
        Field("choice_value", "float", "整个方案的目标值", "What the whole choice reaches"),
        Field("choice_bound", "float", "任何方案的界", "Proven bound of any choice"),
        Field("choice_gap", "float", "与界的差距", "Gap to the bound", "fraction", 0),
        SAMPLE,
    ),
)
