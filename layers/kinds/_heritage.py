"""Heritage sites and their zones."""

from __future__ import annotations

from layers.kinds._columns import GRADES, HERITAGE_CLASSES, OWNERSHIPS, asset, titles
from layers.schema import Elsewhere, Field, Kind, Phrase

HERITAGE = Kind(
    "heritage",
    "历史文化资源",
    "Heritage",
    "input",
    ("point", "polygon", "line"),
    asset(
        Field(
            "heritage_class",
            "string",
            "保护级别",
            "Legal class",
            codes=HERITAGE_CLASSES,
            aliases=titles("保护级别 类别 级别 保护等级 保护类别 文物级别 文物等级 文物保护级别 文保级别 公布级别"),
        ),
        Field(
            "era",
            "string",
            "年代",
            "Era",
            aliases=titles("年代 时代 始建年代 始建时间 建造年代 建筑年代 建成年代 修建年代"),
        ),
        Field("built_year", "int", "建成年份", "Year built", "year", -3000, 2030, aliases=("建成年份", "start_date")),
        Field(
            "building_type",
            "string",
            "建筑类型",
            "Building type",
            codes={
                "hall_school": (
                    "祠堂、会馆、书院、学校、图书馆",
                    "Ancestral hall, guild hall, academy, school, library",
                ),
                "public_industrial": ("行政、会堂、工业", "Administrative, assembly, industrial"),
                "residential_commercial": ("民居、住宅、商业", "Dwelling, shop, arcade"),
                "garden_monument": ("园林、牌楼、塔、桥、纪念", "Garden, archway, tower, bridge, memorial"),
                "unknown": ("不明", "Unknown"),
            },
            aliases=titles("建筑类型 建筑类别"),
        ),
        Field(
            "structure",
            "string",
            "建筑结构",
            "Structure",
            codes={
                "timber": ("木结构", "Timber"),
                "brick_timber": ("砖木", "Brick and timber"),
                "brick_concrete": ("砖混", "Brick and concrete"),
                "masonry": ("砖石", "Masonry"),
                "concrete": ("钢混", "Concrete"),
                "unknown": ("不明", "Unknown"),
            },
            aliases=titles("建筑结构 结构 结构类型 结构形式 房屋结构"),
        ),
        Field(
            "ownership",
            "string",
            "产权性质",
            "Ownership",
            codes=OWNERSHIPS,
            aliases=titles(
                "产权性质 产权 产权归属 产权类型 产权类别 产权情况 产权单位 权属 权属性质 所有权 所有权性质 所有权归属"
            ),
        ),
        Field(
            "use_state",
            "string",
            "使用现状",
            "Present use",
            codes={
                "vacant": ("空置", "Vacant"),
                "storage": ("仓库", "Storage"),
                "residential": ("居住", "Dwelling"),
                "office": ("办公", "Office"),
                "commercial": ("商业", "Commercial"),
                "cultural": ("文化开放", "Cultural, open"),
                "worship": ("祭祀宗教", "Worship"),
                "unknown": ("不明", "Unknown"),
            },
            aliases=titles(
                "使用现状 现状用途 现用途 现状功能 目前用途 当前用途 实际用途 使用情况 使用状况 使用功能 "
                "利用现状 利用情况 现状使用情况 现使用情况"
            ),
        ),
        Field(
            "tenant_household_count",
            "int",
            "住户数",
            "Sitting tenants",
            "households",
            0,
            500,
            aliases=titles("住户数 住户 现住户数 居住户数 租户数"),
            phrases=(Phrase("户", None, r"使用现状: ?[^；]*?(?P<value>[0-9]+)户"),),
        ),
        Field(
            "danger_grade",
            "string",
            "房屋安全等级",
            "Danger grade",
            codes=GRADES,
            aliases=titles(
                "保存状况 危房等级 房屋安全等级 保存现状 保存情况 房屋安全鉴定等级 房屋鉴定等级 安全鉴定等级 "
                "房屋危险等级"
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
            aliases=titles("建筑面积 总建筑面积 建筑总面积"),
        ),
        Field(
            "protection_extent",
            "string",
            "保护范围",
            "Protection zone in words",
            aliases=titles("保护范围 保护范围划定 保护范围说明 保护范围四至"),
        ),
        Field(
            "control_extent",
            "string",
            "建设控制地带",
            "Control zone in words",
            aliases=titles("建设控制地带 建控地带 建设控制地带范围 建设控制地带说明 建设控制地带四至"),
        ),
        Field(
            "is_zone_on_drawing",
            "bool",
            "区划见图则",
            "Its zone or outline is on a drawing only: extent unknown, not absent",
            phrases=(
                Phrase(
                    "图|规划|线状|面状",
                    True,
                    r"(?:保护范围|建设控制地带|[经纬]度|坐标)[^:；]*: ?"
                    r"(?:[^；]*见[^；]*图|图则|[^；]*保护规划|[线面]状)",
                ),
            ),
        ),
        Field(
            "is_red_listed",
            "bool",
            "列入红色资源名录",
            "On the official red list",
            aliases=titles("红色资源名录 是否列入红色资源名录 是否红色资源"),
        ),
        Field("red_list_document", "string", "红色资源名录文号", "Red-list document", aliases=("红色资源名录文号",)),
        Field(
            "is_open",
            "bool",
            "已对外开放",
            "Open to visitors",
            aliases=titles("可否开放 是否开放 是否对外开放 是否已开放 对外开放 对外开放情况 开放情况 开放状态"),
        ),
        Field(
            "opening_hours",
            "string",
            "开放时间",
            "Opening hours",
            aliases=titles("开放时间 开放时段 参观时间 对外开放时间 开馆时间 接待时间 opening_hours"),
        ),
        Field(
            "culture_theme",
            "string",
            "文化主题",
            "Cultural theme",
            aliases=titles("文化主题 资源主题 线路主题 题材 文化类型"),
        ),
        Field(
            "story", "string", "故事", "Story", aliases=titles("简介 故事 资源简介 文物简介 历史简介 历史沿革 简要介绍")
        ),
        name_aliases=titles(
            "文物名称 建筑名称 资源名称 文物点名称 文物点 不可移动文物名称 文物保护单位名称 文保单位名称 "
            "历史建筑名称 建筑物名称 保护对象名称 古树名称 街区名称"
        ),
        address_aliases=titles("文物地址 文物坐落 文物位置 建筑地址 建筑坐落 资源地址 保护对象地址"),
    ),
    elsewhere=(
        Elsewhere(
            "heritage_zone",
            ("区划类型", "核心保护范围"),
            Phrase("街区|风貌区", True, r"(?:类别|级别): ?(?:历史文化街区|历史风貌区)"),
            "是一片街区，须有范围：仍收在本图层，但不作为区划参与许可判断",
            "is a block, which has an extent: kept here, but not held against plans as a zone",
            codes=("heritage_class", "historic_block"),
        ),
        Elsewhere(
            "heritage_zone",
            ("区划类型", "地下文物埋藏区"),
            Phrase("埋藏区", True, r"(?:类别|级别|名称): ?[^；]*埋藏区"),
            "是一片区划，不是单处文物：仍收在本图层，但不作为区划参与许可判断",
            "is a zone, no single site: kept here, but not held against plans as a zone",
        ),
    ),
)


HERITAGE_ZONE = Kind(
    "heritage_zone",
    "历史文化保护区划",
    "Heritage zone",
    "input",
    ("polygon",),
    asset(
        Field(
            "zone_type",
            "string",
            "区划类型",
            "Type of zone",
            required=True,
            codes={
                "protection": ("保护范围", "Protection zone"),
                "control": ("建设控制地带", "Construction control zone"),
                "block_core": ("核心保护范围", "Core of a historic block"),
                "block_control": ("街区建设控制地带", "Control zone of a historic block"),
                "buried_relics": ("地下文物埋藏区", "Buried-relics area"),
            },
            aliases=("区划类型", "类型"),
        ),
        Field("heritage_class", "string", "保护级别", "Legal class", codes=HERITAGE_CLASSES, aliases=("保护级别",)),
        Field(
            "heritage_id",
            "string",
            "所属资源编号(其台账编号)",
            "Heritage site it belongs to: its source_id",
            aliases=("所属资源编号",),
        ),
        name_aliases=titles("区划名称 保护区划名称 保护单位名称"),
    ),
)


HERITAGE_KINDS = (
    HERITAGE,
    HERITAGE_ZONE,
)
