"""Parking, night counts and charging."""

from __future__ import annotations

from layers.kinds._columns import ACCESSES, INCOME_OWNERS, TO_THE_TREASURY, asset
from layers.schema import Field, Kind, Phrase

PARKING = Kind(
    "parking",
    "停车场",
    "Parking",
    "input",
    ("point", "polygon"),
    asset(
        Field(
            "parking_type",
            "string",
            "类型",
            "Type",
            codes={
                "public": ("公共停车场", "Public"),
                "residential": ("住宅配建", "Residential"),
                "attached": ("公建配建", "Attached"),
                "kerb": ("道路泊位", "Kerb"),
                "mechanical": ("机械式", "Mechanical"),
                "temporary": ("临时", "Temporary"),
                "informal": ("自发", "Informal"),
            },
            aliases=("停车场类型", "类型"),
        ),
        Field(
            "stall_count",
            "int",
            "泊位总数",
            "Stalls",
            "stalls",
            0,
            50_000,
            aliases=("泊位总数", "泊位数", "车位数", "停车位数", "capacity"),
        ),
        Field(
            "tandem_stall_count",
            "int",
            "子母位数",
            "Of them tandem stalls",
            "stalls",
            0,
            20_000,
            aliases=("子母位数", "子母位", "子母车位", "其中子母位"),
            phrases=(Phrase("子母", None, r"子母(?:车|泊)?位:? ?(?P<value>[0-9]+)(?:个|位|[ ,、；)]|$)"),),
        ),
        Field(
            "charger_stall_count",
            "int",
            "充电车位数",
            "Stalls with charging",
            "stalls",
            0,
            20_000,
            aliases=("充电车位数", "其中充电车位"),
        ),
        Field("access", "string", "开放对象", "Access", codes=ACCESSES, aliases=("开放对象", "是否对外")),
        Field("is_open_at_night", "bool", "夜间开放", "Open at night", aliases=("夜间开放",)),
        Field("tariff_cny_h", "float", "临停收费", "Tariff", "CNY/h", 0, 200, aliases=("收费标准", "临停收费")),
        Field(
            "tariff_cny_month",
            "float",
            "月保",
            "Monthly tariff",
            "CNY/month",
            0,
            10_000,
            aliases=("月保", "月保（元/月）"),
        ),
        Field(
            "tariff_class",
            "string",
            "收费区类",
            "Tariff class",
            codes={"class1": ("一类", "Class 1"), "class2": ("二类", "Class 2"), "class3": ("三类", "Class 3")},
            aliases=("收费区类",),
        ),
        Field("operator", "string", "经营单位", "Operator", aliases=("经营单位", "运营单位", "管理单位", "operator")),
        Field("valid_until", "date", "备案有效期至", "Registered until", aliases=("有效期至", "备案有效期至")),
        Field(
            "income_owner",
            "string",
            "收入归属",
            "Whose income",
            codes=INCOME_OWNERS,
            aliases=("收入归属",),
            phrases=(TO_THE_TREASURY,),
        ),
        name_aliases=("停车场名称", "车场名称"),
    ),
)


PARKING_SURVEY = Kind(
    "parking_survey",
    "夜间停车普查",
    "Night parking survey",
    "input",
    ("point", "polygon", "line"),
    asset(
        Field("surveyed_at", "datetime", "普查时间", "Surveyed at", aliases=("普查时间",)),
        Field("community_name", "string", "小区", "Community", aliases=("小区", "路段/小区")),
        Field("marked_stall_count", "int", "划线泊位", "Marked stalls", "stalls", 0, 20_000, aliases=("划线泊位",)),
        Field(
            "parked_count",
            "int",
            "实停",
            "Vehicles parked",
            "vehicles",
            0,
            50_000,
            aliases=("实停", "实停（辆）", "小型车"),
        ),
        Field(
            "illegal_count", "int", "其中违停", "Parked illegally", "vehicles", 0, 50_000, aliases=("其中违停", "违停")
        ),
        Field(
            "ebike_count",
            "int",
            "电动自行车",
            "E-bikes",
            "e-bikes",
            0,
            50_000,
            aliases=("电动自行车", "实停电动自行车"),
        ),
    ),
)


CHARGING = Kind(
    "charging",
    "充电站",
    "Charging station",
    "input",
    ("point", "polygon"),
    asset(
        Field(
            "charger_type",
            "string",
            "类型",
            "Type",
            codes={
                "car": ("电动汽车", "Cars"),
                "ebike": ("电动自行车", "E-bikes"),
                "battery_swap": ("换电", "Battery swap"),
            },
            aliases=("充电类型", "站点类型"),
            phrases=(
                Phrase("快|慢|直流|交流", "car", r"快/慢充: ?[快慢]|[快慢]充[0-9 ]|直流桩|交流桩"),
                Phrase(
                    "电动自行车|电单车|插座",
                    "ebike",
                    r"(?:名称|类型): ?[^；]*(?:电动自行车|电单车)|充电桩数[^:；]*: ?插座",
                ),
                Phrase("换电", "battery_swap", r"名称: ?[^；]*换电[柜站]"),
            ),
        ),
        Field(
            "access",
            "string",
            "开放对象",
            "Access",
            codes=ACCESSES,
            aliases=("开放对象", "是否对外"),
            phrases=(Phrase("私|不可对外", "private", r"私人?桩|不可对外"),),
        ),
        Field(
            "pile_count",
            "int",
            "充电桩数",
            "Piles",
            "piles",
            0,
            5_000,
            aliases=("充电桩数", "桩数", "充电桩数（个）", "piles"),
        ),
        Field(
            "dc_pile_count",
            "int",
            "快充桩数",
            "DC piles",
            "piles",
            0,
            5_000,
            aliases=("快充桩数", "直流桩数"),
            phrases=(Phrase("快充|直流", None, r"(?:快充|直流)桩?:? ?(?P<value>[0-9]+)(?:个|台|根|[ ,、；)]|$)"),),
        ),
        Field("port_count", "int", "端口数", "Ports", "ports", 0, 10_000, aliases=("端口数", "插座数", "枪数")),
        Field("power_kw", "float", "总功率", "Power", "kW", 0, 100_000, aliases=("总功率", "总功率(kW)", "功率")),
        Field("service_fee_cny_kwh", "float", "服务费", "Service fee", "CNY/kWh", 0, 5, aliases=("服务费",)),
        Field("operator", "string", "运营商", "Operator", aliases=("运营商", "运营单位", "管理单位", "operator")),
        Field(
            "status",
            "string",
            "状态",
            "Status",
            codes={"operating": ("运营", "Operating"), "planned": ("规划", "Planned"), "closed": ("停用", "Closed")},
            aliases=("状态",),
            phrases=(Phrase("未建|拟", "planned", r"未建成?(?:；|$)|拟建|投运时间: ?拟"),),
        ),
        Field("is_indoors", "bool", "在建筑内", "Inside a building", aliases=("在建筑内",)),
        name_aliases=("站点名称", "电站名称", "充电站名称"),
    ),
)


VEHICLES = (
    PARKING,
    PARKING_SURVEY,
    CHARGING,
)
