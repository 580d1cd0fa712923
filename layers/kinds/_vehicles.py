"""Parking and night counts."""

from __future__ import annotations

from layers.kinds._columns import ACCESSES, GRID_FIELDS, INCOME_OWNERS, TO_THE_TREASURY, asset, titles
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
            aliases=titles("停车场类型 类型 停车场类别 停车场性质 停车类型 场库类型 场库类别 车场类型 泊位类型 类别"),
        ),
        Field(
            "stall_count",
            "int",
            "泊位总数",
            "Stalls",
            "stalls",
            0,
            50_000,
            aliases=titles(
                "泊位总数 泊位数 车位数 停车位数 capacity 泊位 泊位总量 泊位数量 泊位总计 总泊位 总泊位数 "
                "停车泊位 停车泊位数 停车泊位总数 停车泊位数量 停车位 停车位总数 停车位数量 总停车位 总停车位数 "
                "车位 车位总数 车位数量 总车位 总车位数 备案泊位数 备案车位数 核定泊位数 核定车位数"
            ),
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
            aliases=titles(
                "充电车位数 其中充电车位 充电车位 充电车位数量 充电泊位 充电泊位数 充电泊位数量 其中充电泊位 "
                "其中充电车位数 其中充电泊位数"
            ),
        ),
        *GRID_FIELDS,
        Field(
            "access",
            "string",
            "开放对象",
            "Access",
            codes=ACCESSES,
            aliases=titles("开放对象 是否对外 是否对外开放 对外开放 对外开放情况 是否对社会开放 是否向社会开放"),
        ),
        Field(
            "is_open_at_night",
            "bool",
            "夜间开放",
            "Open at night",
            aliases=titles("夜间开放 是否夜间开放 夜间是否开放 夜间对外开放"),
        ),
        Field(
            "tariff_cny_h",
            "float",
            "临停收费",
            "Tariff",
            "CNY/h",
            0,
            200,
            aliases=titles(
                "收费标准 临停收费 临停收费标准 临停价格 临停单价 临停费 临时停车收费 临时停车收费标准 "
                "停车收费标准 停车收费 停车费 计时收费 计时收费标准 小时收费标准 收费元/小时"
            ),
        ),
        Field(
            "tariff_cny_month",
            "float",
            "月保",
            "Monthly tariff",
            "CNY/month",
            0,
            10_000,
            aliases=titles(
                "月保 月保（元/月） 月保价 月保价格 月保费 月保费用 月保收费 月保标准 月保收费标准 包月 包月价 "
                "包月价格 包月费 包月费用 包月收费 包月收费标准 月卡价 月卡价格 月卡费 月租 月租价 月租费 "
                "月租收费"
            ),
        ),
        Field(
            "tariff_class",
            "string",
            "收费区类",
            "Tariff class",
            codes={"class1": ("一类", "Class 1"), "class2": ("二类", "Class 2"), "class3": ("三类", "Class 3")},
            aliases=titles("收费区类 收费类区 收费区域类别"),
        ),
        Field(
            "operator",
            "string",
            "经营单位",
            "Operator",
            aliases=titles(
                "经营单位 运营单位 管理单位 operator 经营企业 经营公司 经营主体 经营管理单位 运营企业 运营公司 "
                "运营主体 运营方 运营商 管理公司 管理方 停车管理单位"
            ),
        ),
        Field(
            "valid_until",
            "date",
            "备案有效期至",
            "Registered until",
            aliases=titles(
                "有效期至 备案有效期至 有效期截止 有效期截止日期 备案到期日 备案到期日期 备案到期时间 "
                "备案截止日期 到期日期 到期时间"
            ),
        ),
        Field(
            "income_owner",
            "string",
            "收入归属",
            "Whose income",
            codes=INCOME_OWNERS,
            aliases=titles("收入归属 收入去向 收益归属 停车收入归属"),
            phrases=(TO_THE_TREASURY,),
        ),
        name_aliases=titles(
            "停车场名称 车场名称 停车场 停车场库名称 停车库名称 停车场所名称 停车点名称 场库名称 场库 "
            "车库名称 车场 停车楼名称"
        ),
        address_aliases=titles(
            "停车场地址 停车场位置 停车场坐落 停车库地址 停车点地址 场库地址 场库位置 场库坐落 车场地址 "
            "车场位置 车库地址 泊位位置"
        ),
    ),
)


PARKING_SURVEY = Kind(
    "parking_survey",
    "夜间停车普查",
    "Night parking survey",
    "input",
    ("point", "polygon", "line"),
    asset(
        Field(
            "surveyed_at",
            "datetime",
            "普查时间",
            "Surveyed at",
            aliases=titles("普查时间 普查日期 调查时间 调查日期 清点时间 清点日期"),
        ),
        Field("community_name", "string", "小区", "Community", aliases=titles("小区 路段/小区 小区名称 所属小区")),
        Field(
            "marked_stall_count",
            "int",
            "划线泊位",
            "Marked stalls",
            "stalls",
            0,
            20_000,
            aliases=titles("划线泊位 划线泊位数 划线车位 划线车位数 已划线泊位 已划线泊位数"),
        ),
        Field(
            "parked_count",
            "int",
            "实停",
            "Vehicles parked",
            "vehicles",
            0,
            50_000,
            aliases=titles("实停 实停（辆） 小型车 实停数 实停数量 实停车辆 实停车辆数 夜间实停 实际停车数 停放车辆数"),
        ),
        Field(
            "illegal_count",
            "int",
            "其中违停",
            "Parked illegally",
            "vehicles",
            0,
            50_000,
            aliases=titles("其中违停 违停 违停数 违停数量 违停车辆 违停车辆数 违停辆数"),
        ),
        Field(
            "ebike_count",
            "int",
            "电动自行车",
            "E-bikes",
            "e-bikes",
            0,
            50_000,
            aliases=titles("电动自行车 实停电动自行车 电动自行车数 电动自行车数量 电单车 电单车数"),
        ),
    ),
)


VEHICLES = (PARKING, PARKING_SURVEY)
