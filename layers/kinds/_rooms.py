"""Rooms that stand empty or serve people: public buildings, services."""

from __future__ import annotations

from layers.kinds._columns import GRADES, OWNERSHIPS, ROOM_INCOME_OWNERS, TO_THE_TREASURY, asset, titles
from layers.schema import Field, Kind, Phrase

PUBLIC_BUILDING = Kind(
    "public_building",
    "闲置公房与物业",
    "Public building",
    "input",
    ("point", "polygon"),
    asset(
        Field(
            "ownership",
            "string",
            "产权性质",
            "Ownership",
            codes=OWNERSHIPS,
            aliases=titles(
                "产权性质 产权人 产权 产权单位 产权归属 产权类型 权属 权属性质 权属单位 所有权人 所有权性质"
            ),
        ),
        Field(
            "has_title",
            "bool",
            "有产权证",
            "Has a title",
            aliases=titles("有产权证 是否有证 有无产权证 是否有产权证 是否办理产权证 是否办证 有无房产证 有无证"),
            phrases=(
                Phrase("证", True, r"产权证号: ?(?:有(?:；|$)|[^；]*(?:字第|不动产权第))"),
                Phrase("证", False, r"无(?:产权)?证(?:；|$)|未办(?:产权)?证"),
            ),
        ),
        Field(
            "floor_area_m2",
            "float",
            "建筑面积",
            "Floor area",
            "m2",
            0,
            500_000,
            aliases=titles("建筑面积 面积 房屋面积 房屋建筑面积 物业面积 产权面积 总建筑面积"),
        ),
        Field(
            "use",
            "string",
            "用途",
            "Use",
            aliases=titles("用途 现用途 房屋用途 物业用途 现状用途 实际用途 目前用途 当前用途 使用用途 使用功能"),
        ),
        Field(
            "occupancy",
            "string",
            "使用状态",
            "Occupancy",
            codes={
                "vacant": ("空置", "Vacant"),
                "partly_let": ("部分出租", "Partly let"),
                "let": ("在租", "Let"),
                "occupied": ("自用或占用", "Occupied"),
                "overdue": ("超期占用", "Occupied past the lease"),
            },
            aliases=titles(
                "使用状态 空置情况 使用情况 使用现状 使用状况 利用情况 利用现状 出租情况 出租状态 租赁情况 "
                "租赁状态 空置状态"
            ),
            phrases=(
                Phrase(
                    "占用|未退|未腾退",
                    "overdue",
                    r"[超逾]期占用|到期后?(?:仍|一直)[^；]{0,4}占用|到期后?未腾?退",
                    outweighs=("let", "partly_let", "occupied"),
                    ended="清退|腾退|退出|收回|归还|搬离",
                ),
            ),
        ),
        Field(
            "vacant_since",
            "date",
            "空置起始",
            "Vacant since",
            aliases=titles("空置起始 空置起始日期 空置起始时间 空置开始日期 空置开始时间"),
        ),
        Field(
            "lease_start",
            "date",
            "租期起",
            "Start of lease",
            aliases=titles("租期起 起租日期 起租时间 租赁起始日期 租赁起始时间 租赁开始日期 合同起始日期 租期开始"),
        ),
        Field(
            "lease_end",
            "date",
            "租期止",
            "End of lease",
            aliases=titles(
                "租期止 租期至 租赁到期日 租赁到期日期 租赁到期时间 租赁截止日期 租赁终止日期 租期到期 "
                "合同到期日 合同到期日期 合同到期时间 合同截止日期 到期日期 到期时间"
            ),
        ),
        Field(
            "rent_cny_month",
            "float",
            "月租金",
            "Rent",
            "CNY/month",
            0,
            1e8,
            aliases=titles("月租金 月租 每月租金 月租金额 租金元/月"),
        ),
        Field(
            "rent_cny_m2_month",
            "float",
            "租金单价",
            "Rent per square metre",
            "CNY/m2/month",
            0,
            5_000,
            aliases=titles("租金单价 单位租金 月租金单价 单价租金"),
        ),
        Field(
            "reference_rent_cny_m2_month",
            "float",
            "参考租金",
            "Reference rent",
            "CNY/m2/month",
            0,
            5_000,
            aliases=("参考租金",),
            phrases=(Phrase("参考租金", None, r"参考租金:? ?(?P<value>[0-9.]+ ?(?:元/(?:m2|平方米|平米)[·/]?月)?)"),),
        ),
        Field(
            "danger_grade",
            "string",
            "房屋安全等级",
            "Danger grade",
            codes=GRADES,
            aliases=titles(
                "房屋安全等级 危房等级 房屋安全鉴定等级 房屋鉴定等级 安全鉴定等级 鉴定等级 危房鉴定等级 "
                "房屋危险等级 危险等级 安全等级"
            ),
        ),
        Field(
            "income_owner",
            "string",
            "收入归属",
            "Whose income",
            codes=ROOM_INCOME_OWNERS,
            aliases=titles("收入归属 租金收入去向 收入去向 收益归属 租金归属 租金收入归属"),
            phrases=(TO_THE_TREASURY,),
        ),
        name_aliases=titles("物业名称 房屋名称 物业 资产名称 房产名称 公房名称 建筑物名称 建筑名称 商铺名称 铺位名称"),
        address_aliases=titles(
            "物业地址 物业坐落 物业位置 房屋地址 房屋坐落 房屋位置 房产地址 房产坐落 资产地址 资产位置 公房地址"
        ),
    ),
)


SERVICE = Kind(
    "service",
    "公共服务设施",
    "Service",
    "input",
    ("point", "polygon"),
    asset(
        Field(
            "service_type",
            "string",
            "设施类型",
            "Type",
            required=True,
            codes={
                "merged_centre": (
                    "党群服务、文明实践、综治中心(合一)",
                    "Merged party-service, civilisation and governance centre",
                ),
                "party_service_centre": ("党群服务中心", "Party-service centre"),
                "civilisation_centre": ("新时代文明实践站", "Civilisation-practice station"),
                "governance_centre": ("综治中心", "Governance centre"),
                "clinic": ("社区卫生服务站", "Clinic"),
                "elder_day_care": ("日间照料中心", "Elder day care"),
                "canteen": ("长者饭堂", "Canteen"),
                "childcare": ("托育点", "Childcare"),
                "kindergarten": ("幼儿园", "Kindergarten"),
                "primary_school": ("小学", "Primary school"),
                "junior_school": ("初中", "Junior school"),
                "market": ("菜市场", "Market"),
                "supermarket": ("超市便利店", "Shop"),
                "sports": ("体育健身", "Sports"),
                "library": ("图书文化", "Library or culture"),
                "metro_station": ("地铁站", "Metro station"),
                "bus_stop": ("公交站", "Bus stop"),
                "other": ("其他", "Other"),
            },
            aliases=titles("设施类型 类型 服务类型 设施类别 设施种类 服务类别 机构类型 机构类别 场所类型 类别"),
        ),
        Field(
            "floor_area_m2",
            "float",
            "建筑面积",
            "Floor area",
            "m2",
            0,
            500_000,
            aliases=titles("建筑面积 总建筑面积 设施建筑面积"),
        ),
        name_aliases=titles("设施名称 机构名称 场所名称 网点名称 站点名称 服务设施名称 阵地名称 学校名称 设施 机构"),
        address_aliases=titles("设施地址 设施位置 机构地址 场所地址 场所位置 站点地址 学校地址"),
    ),
)


ROOMS = (PUBLIC_BUILDING, SERVICE)
