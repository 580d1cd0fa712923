"""Where people live."""

from __future__ import annotations

from layers.kinds._columns import GRADES, asset, titles
from layers.schema import Elsewhere, Field, Kind, Phrase

URBAN_VILLAGE = Phrase(
    "城中村", True, r"\(城中村\)|城中村改造|[属为是]城中村|(?:类型|类别|性质): ?城中村|城中村: ?[是√]"
)
"""A record that is itself an urban village; one that lies beside it (毗邻城中村) is none."""

COMMUNITY = Kind(
    "community",
    "老旧小区",
    "Community",
    "input",
    ("polygon", "point"),
    asset(
        Field(
            "built_year",
            "int",
            "建成年份",
            "Year built",
            "year",
            1840,
            2030,
            aliases=titles(
                "建成年份 建成年代 竣工年份 建造年份 start_date 建成年 建成时间 建造年代 建造时间 建筑年代 "
                "建设年代 建设年份 竣工年代 竣工时间 修建年份 修建年代"
            ),
        ),
        Field(
            "building_count",
            "int",
            "楼栋数",
            "Buildings",
            "buildings",
            0,
            500,
            aliases=titles(
                "楼栋数 栋数 楼栋数（栋） 楼栋数(栋) 楼栋数量 楼栋总数 总楼栋数 总栋数 楼幢数 幢数 房屋栋数 "
                "建筑栋数 楼宇数 楼宇栋数"
            ),
        ),
        Field(
            "household_count",
            "int",
            "户数",
            "Households",
            "households",
            0,
            20_000,
            aliases=titles(
                "户数 总户数 居民户数 户数（户） 户数(户) 住户数 住户总数 总住户数 住户数量 户数合计 居民总户数"
            ),
        ),
        Field(
            "public_housing_household_count",
            "int",
            "直管公房户数",
            "Households in public housing",
            "households",
            0,
            20_000,
            aliases=titles("直管公房户数 其中：直管公房 直管公房户"),
        ),
        Field(
            "floor_area_m2",
            "float",
            "建筑面积",
            "Floor area",
            "m2",
            0,
            3_000_000,
            aliases=titles(
                "建筑面积 总建筑面积 建筑面积（㎡） 建筑面积(㎡) 建筑面积(平方米) 建筑总面积 房屋建筑面积 总建面 建面"
            ),
        ),
        Field(
            "elderly_share",
            "float",
            "老年人口占比",
            "Share of people over 60",
            "fraction",
            0,
            1,
            aliases=titles(
                "老年人口占比 老龄化率 老年人占比 老年人比例 老年人口比例 60岁以上占比 60岁以上人口占比 "
                "60岁及以上人口占比 老龄化比例"
            ),
        ),
        Field(
            "stall_count",
            "int",
            "小区内泊位数",
            "Stalls on site",
            "stalls",
            0,
            20_000,
            aliases=titles(
                "停车位 泊位数 车位数 停车位（个） 停车位数 停车位数量 停车位总数 停车泊位 停车泊位数 "
                "停车泊位总数 泊位 泊位总数 泊位数量 车位 车位总数 总车位数 车位数量 现有停车位 现有车位 "
                "现有车位数 小区车位数"
            ),
        ),
        Field(
            "vehicle_count",
            "int",
            "夜间车辆数",
            "Vehicles at night",
            "vehicles",
            0,
            50_000,
            aliases=titles("车辆数 夜间车辆数 机动车数 车辆数量 车辆总数 机动车数量 机动车总数 汽车数 汽车数量"),
        ),
        Field(
            "charger_count",
            "int",
            "充电桩数",
            "Car chargers on site",
            "piles",
            0,
            5_000,
            aliases=titles(
                "充电桩数 充电桩 充电桩数量 充电桩总数 汽车充电桩 汽车充电桩数 汽车充电桩数量 电动汽车充电桩 "
                "电动汽车充电桩数"
            ),
        ),
        Field(
            "ebike_count",
            "int",
            "电动自行车数",
            "E-bikes",
            "e-bikes",
            0,
            50_000,
            aliases=titles("电动自行车数 电单车数 电动自行车 电动自行车数量 电单车 电单车数量"),
        ),
        Field(
            "ebike_port_count",
            "int",
            "电动自行车充电端口数",
            "E-bike charging ports",
            "ports",
            0,
            20_000,
            aliases=titles(
                "电动自行车充电端口数 电动自行车充电端口 电动自行车充电口数 电动自行车充电插座数 电单车充电端口数"
            ),
        ),
        Field(
            "property_management",
            "string",
            "物业管理",
            "Property management",
            codes={
                "company": ("物业公司", "Property company"),
                "unit": ("单位自管", "Employer"),
                "residents_committee": ("居委代管", "Residents' committee"),
                "none": ("无物业", "None"),
            },
            aliases=titles(
                "物业管理 物业管理情况 物业情况 物业管理方式 物业管理模式 物业管理类型 物业管理现状 有无物业 "
                "有无物业管理"
            ),
        ),
        Field(
            "condition_grade",
            "string",
            "房屋状况",
            "Condition",
            codes=GRADES,
            aliases=titles("房屋状况 房屋安全等级 房屋状况等级 房屋安全鉴定等级 房屋鉴定等级 安全鉴定等级 危房等级"),
        ),
        Field(
            "willingness_share",
            "float",
            "改造意愿",
            "Share willing to renovate",
            "fraction",
            0,
            1,
            aliases=titles(
                "改造意愿 改造意愿（%） 意愿率 改造意愿率 改造意愿比例 居民改造意愿 居民改造意愿率 同意改造比例 "
                "改造同意率 居民同意率"
            ),
        ),
        Field(
            "is_self_built",
            "bool",
            "自建房",
            "Self-built",
            aliases=titles("自建房 是否自建房 是否为自建房 是否属自建房 是否属于自建房 是否村民自建房 是否自建"),
            phrases=(Phrase("自建", True, r"自建房|村民自建", ended="拆除?"), URBAN_VILLAGE),
        ),
        Field(
            "in_rebuild_plan",
            "bool",
            "纳入拆建计划",
            "In a rebuild plan",
            aliases=titles(
                "纳入拆建计划 是否纳入棚改 棚改 是否纳入拆建计划 是否纳入拆迁计划 是否纳入棚改计划 是否棚改 是否属棚改 "
                "是否棚户区改造 是否纳入棚户区改造 是否列入棚改 是否列入棚改计划 是否旧村改造 是否城中村改造 "
                "是否纳入城中村改造 是否拆除重建 是否纳入拆除重建 有无棚改"
            ),
            phrases=(Phrase("改造|棚改|重建", True, r"(?:城中村|棚户区|旧村)改造|棚改|拆除重建"),),
        ),
        Field(
            "renovation_state",
            "string",
            "改造进度",
            "State of renovation",
            codes={
                "none": ("未改造", "Not renovated"),
                "planned": ("已列入计划", "Planned"),
                "started": ("改造中", "Under way"),
                "done": ("已完成", "Done"),
            },
            aliases=titles("改造进度 改造状态 改造情况 改造进展 改造现状 改造阶段"),
        ),
        Field(
            "missing_items",
            "string",
            "短板与改造需求",
            "Items missing or asked for",
            aliases=titles(
                "缺失项 缺失项目 缺项 缺失设施 短板 短板弱项 设施短板 配套短板 改造需求 居民改造需求 需改造内容 "
                "需改造项目 拟改造内容 拟改造项目 计划改造内容 主要问题 存在问题 存在的问题 存在主要问题 存在的主要问题"
            ),
        ),
        Field(
            "existing_items",
            "string",
            "已有设施",
            "Items that it has",
            aliases=titles("已有设施 现有设施 现有配套 已有配套 已具备设施 已配套设施 现有配套设施"),
        ),
        Field(
            "lifts_to_add_count",
            "int",
            "拟加装电梯数",
            "Lifts to be added",
            "lifts",
            0,
            500,
            aliases=titles(
                "拟加装电梯数 拟加装电梯 拟加装电梯数量 计划加装电梯数 需加装电梯数 可加装电梯数 拟加装电梯（部） "
                "拟加装电梯(部) 拟加装电梯（台） 拟加装电梯(台)"
            ),
        ),
        name_aliases=titles(
            "小区名称 小区名 社区名称 楼盘名称 小区 住宅小区 住宅小区名称 物业小区名称 老旧小区名称 小区全称 "
            "院落名称 大院名称"
        ),
        address_aliases=titles("小区地址 小区位置 小区坐落 小区详细地址"),
    ),
    elsewhere=(
        Elsewhere(
            "governance_area",
            ("片区类型", "城中村"),
            URBAN_VILLAGE,
            "是城中村，不是老旧小区：仍收在本图层，按自建房不认定为老旧小区",
            "is an urban village, no old community: kept here as self-built, which is never taken for an old community",
        ),
    ),
)


HOMES = (COMMUNITY,)
