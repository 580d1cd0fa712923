"""Charging stations of cars and e-bikes."""

from __future__ import annotations

from layers.kinds._columns import ACCESSES, asset, titles
from layers.schema import Field, Kind, Phrase

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
            aliases=titles("充电类型 站点类型 充电站类型 充电设施类型 设施类型 服务车型 类别"),
            phrases=(
                Phrase("快|慢|直流|交流", "car", r"快/慢充: ?[快慢]|[快慢]充[0-9 ]|[直交]流桩|[直交]流桩: ?[1-9]"),
                Phrase(
                    "电动自行车|电单车|插座",
                    "ebike",
                    r"(?:名称|类型): ?(?:[^；]*[^；非不未无含])?(?:电动自行车|电单车)|充电桩数[^:；]*: ?插座",
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
            aliases=titles("开放对象 是否对外 是否对外开放 对外开放 对外开放情况 是否对社会开放"),
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
            aliases=titles(
                "充电桩数 桩数 充电桩数（个） piles 充电桩 充电桩数量 充电桩总数 充电桩个数 桩数量 桩总数 总桩数"
            ),
        ),
        Field(
            "dc_pile_count",
            "int",
            "快充桩数",
            "DC piles",
            "piles",
            0,
            5_000,
            aliases=titles(
                "快充桩数 直流桩数 快充桩 快充桩数量 快充数 快桩数 直流桩 直流桩数量 直流充电桩数 其中快充 "
                "其中快充桩 其中快充桩数 其中直流桩"
            ),
            phrases=(Phrase("快充|直流", None, r"(?:快充|直流)桩?:? ?(?P<value>[0-9]+)(?:个|台|根|[ ,、；)]|$)"),),
        ),
        Field(
            "port_count",
            "int",
            "端口数",
            "Ports",
            "ports",
            0,
            10_000,
            aliases=titles(
                "端口数 插座数 枪数 端口 端口数量 充电端口 充电端口数 充电口数 枪数量 枪口数 充电枪 充电枪数 "
                "充电枪数量 插座 插座数量 充电插座数 插口数"
            ),
        ),
        Field(
            "power_kw",
            "float",
            "总功率",
            "Power",
            "kW",
            0,
            100_000,
            aliases=titles("总功率 总功率(kW) 功率 总装机功率 装机功率 充电总功率 合计功率"),
        ),
        Field(
            "service_fee_cny_kwh",
            "float",
            "服务费",
            "Service fee",
            "CNY/kWh",
            0,
            5,
            aliases=titles("服务费 充电服务费 充电服务费标准 服务费单价 服务费标准"),
        ),
        Field(
            "operator",
            "string",
            "运营商",
            "Operator",
            aliases=titles(
                "运营商 运营单位 管理单位 operator 运营企业 运营公司 运营主体 运营方 所属运营商 建设运营单位 经营单位"
            ),
        ),
        Field(
            "status",
            "string",
            "状态",
            "Status",
            codes={"operating": ("运营", "Operating"), "planned": ("规划", "Planned"), "closed": ("停用", "Closed")},
            aliases=titles("状态 运营状态 运行状态 站点状态 建设状态 使用状态"),
            phrases=(Phrase("未建|拟", "planned", r"未建成?(?:；|$)|拟建|投运时间: ?拟"),),
        ),
        Field(
            "is_indoors",
            "bool",
            "在建筑内",
            "Inside a building",
            aliases=titles("在建筑内 是否在建筑内 是否在室内 是否室内"),
        ),
        name_aliases=titles(
            "站点名称 电站名称 充电站名称 站点 站名 场站名称 充电场站名称 充电场站 充电站 充电点名称 "
            "充电设施名称 充电桩名称 换电站名称"
        ),
        address_aliases=titles(
            "站点地址 站点位置 电站地址 场站地址 场站位置 充电站地址 充电站位置 充电点地址 安装地址 安装位置"
        ),
    ),
)
