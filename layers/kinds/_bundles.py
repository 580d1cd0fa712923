"""Fat-lean bundles (肥瘦搭配包) of a run: each one, its members with their reasons, its account by year."""

from __future__ import annotations

from layers.kinds._columns import SUBDISTRICT
from layers.kinds._results import ACTIONS, SAMPLE, told
from layers.schema import Field, Kind

FUNDING = (
    Field("funding_state_cny", "float", "出资：财政", "Paid by the state", "CNY"),
    Field("funding_owner_cny", "float", "出资：产权人", "Paid by the owner", "CNY"),
    Field("funding_enterprise_cny", "float", "出资：企业", "Paid by the enterprise", "CNY"),
    Field("funding_residents_cny", "float", "出资：居民", "Paid by the residents", "CNY"),
)


def transfers(taken: str, given: str, when: str) -> tuple[Field, Field]:
    """Return what a bundle takes from the others and gives to them (盈利反哺)."""
    return (
        Field("transfer_in_cny", "float", taken, f"Taken from other bundles, {when}", "CNY"),
        Field("transfer_out_cny", "float", given, f"Given to other bundles, {when}", "CNY"),
    )


NUMBER = Field("bundle_number", "int", "包号", "Number of the bundle")
BUNDLE = Kind(
    "bundle",
    "肥瘦搭配包",
    "Bundle",
    "result",
    ("polygon",),
    id_field="bundle_id",
    fields=(
        Field("bundle_id", "string", "包编号", "Bundle id: the same members, the same id", required=True),
        NUMBER,
        *told("name", "名称", "Name"),
        SUBDISTRICT,
        Field("member_count", "int", "成员数", "Members", "members"),
        Field("community_count", "int", "小区数", "Communities", "communities"),
        Field("asset_count", "int", "资产数", "Assets", "assets"),
        Field("household_count", "int", "受益户数", "Households", "households"),
        Field("elder_count", "float", "受益老人(60岁以上)", "People over 60", "persons"),
        Field("benefit", "float", "公共效益", "Public benefit", "points"),
        Field("capex_cny", "float", "总投资", "Capex", "CNY"),
        *FUNDING,
        Field("start_year", "int", "开始年份(0为首年)", "Start year, 0 the first"),
        Field("npv_cny", "float", "净现值", "NPV to the operator", "CNY"),
        Field("npv_4pct_cny", "float", "净现值(4%)", "NPV at 4 %", "CNY"),
        Field("npv_6pct_cny", "float", "净现值(6%)", "NPV at 6 %", "CNY"),
        Field("npv_8pct_cny", "float", "净现值(8%)", "NPV at 8 %", "CNY"),
        *told("elements", "分要素净现值", "NPV by element (renovation, care, parking, charging …)"),
        Field(
            *("element_taken_cny", "float", "亏损要素取用"),
            "What elements that lose take, in money of its start: --element-cap holds for it",
            "CNY",
        ),
        Field("npv_p10_cny", "float", "净现值P10", "NPV, tenth percentile", "CNY"),
        Field("npv_p50_cny", "float", "净现值P50", "NPV, median", "CNY"),
        Field("npv_p90_cny", "float", "净现值P90", "NPV, ninetieth percentile", "CNY"),
        Field(
            *("balance_probability", "float", "平衡概率(参数按分布抽样)"),
            "Probability of a balance, parameters drawn from their ranges",
            "fraction",
            0,
            1,
        ),
        Field(
            *("ends_share", "float", "各参数取区间两端时平衡的情景占比"),
            "Share of the scenarios in which it balances, every parameter at one end of its range",
            "fraction",
            0,
            1,
        ),
        Field("irr", "float", "内部收益率", "IRR", "per year"),
        Field("payback_years", "float", "静态回收期", "Payback", "years"),
        Field("payback_discounted_years", "float", "动态回收期", "Discounted payback", "years"),
        Field("deepest_deficit_cny", "float", "最大累计亏空", "Deepest deficit", "CNY"),
        Field("deepest_year", "int", "最大亏空年", "Year of the deepest deficit", "year"),
        Field("debt_cover_least", "float", "最低偿债备付率", "Least debt cover", "x"),
        *transfers("由他包补入(起始年币值)", "补给他包(起始年币值)", "in money of its start"),
        Field("deepest_after_cny", "float", "反哺后最大累计亏空", "Deepest deficit after transfers", "CNY"),
        Field("working_capital_cny", "float", "垫资上限", "Limit of working capital", "CNY"),
        Field("service_count", "int", "纳入购买服务", "Services taken in", "services"),
        Field("service_cny_year", "float", "现购买服务支出(年)", "What they cost today", "CNY/year"),
        Field("public_holds", "bool", "不增加政府投入", "Public money does not grow"),
        Field("plan_benefit", "float", "全部包的效益", "Benefit of all bundles", "points"),
        Field("plan_bound", "float", "已证明的上限", "Proven bound", "points"),
        Field("plan_gap", "float", "与上限的差距", "Gap to the bound", "fraction", 0, 1),
        Field("plan_is_cut", "bool", "搜索因时限提前结束", "The time ended the search"),
        *told("sensitive_to", "最敏感的参数", "What its NPV depends on most"),
        *told("note", "说明", "Note"),
        SAMPLE,
    ),
)

BUNDLE_MEMBER = Kind(
    "bundle_member",
    "包的成员",
    "Bundle member",
    "result",
    ("polygon", "point", "line"),
    id_field="bundle_member_id",
    fields=(
        Field("bundle_member_id", "string", "成员编号", "Member id", required=True),
        Field("bundle_id", "string", "包编号(未入包为空)", "Bundle id, null of a community in none"),
        NUMBER,
        Field("opportunity_id", "string", "机会编号", "Opportunity id", required=True),
        Field("asset_kind", "string", "资产类别", "Kind of asset"),
        Field("asset_id", "string", "资产编号", "Asset id"),
        Field("name", "string", "名称", "Name"),
        SUBDISTRICT,
        Field("action", "string", "活化动作", "Action", codes=ACTIONS),
        Field(
            "role",
            "string",
            "角色",
            "Role",
            codes={
                "fat": ("肥(有净收益)", "Fat: it earns"),
                "lean": ("瘦(受补)", "Lean: it is paid for"),
                "link": ("连通", "Link"),
                "left_out": ("未入包", "In no bundle"),
            },
            required=True,
        ),
        Field("npv_cny", "float", "净现值", "NPV to the operator", "CNY"),
        Field("paid_cny", "float", "为邻居付出", "Paid for its neighbours", "CNY"),
        Field("capex_cny", "float", "总投资", "Capex", "CNY"),
        Field("operator_capex_cny", "float", "企业出资", "Paid by the operator", "CNY"),
        Field("public_cny", "float", "财政出资", "Paid by the state", "CNY"),
        Field("household_count", "int", "户数", "Households", "households"),
        Field("elder_count", "float", "老人(60岁以上)", "People over 60", "persons"),
        Field("benefit", "float", "公共效益", "Public benefit", "points"),
        Field(
            "lacks",
            "string",
            "未入包缺什么",
            "What it lacks",
            codes={
                "money": ("资金", "Money"),
                "working_capital": ("垫资", "Working capital"),
                "public_budget": ("财政预算", "Public budget"),
                "size": ("成员数", "Size"),
                "contiguity": ("相邻", "Contiguity"),
                "nothing": ("不缺", "Nothing"),
                "asked": ("按要求", "Asked for"),
                "not_counted": ("不能计入", "Cannot be counted"),
            },
        ),
        Field("least_subsidy_cny", "float", "至少补助", "Least subsidy", "CNY"),
        *told("reason", "理由", "Reason"),
        SAMPLE,
    ),
)

BUNDLE_YEAR = Kind(
    "bundle_year",
    "包的账目",
    "Bundle account",
    "result",
    (),
    id_field="bundle_year_id",
    fields=(
        Field("bundle_year_id", "string", "账目编号", "Row id", required=True),
        Field("bundle_id", "string", "包编号", "Bundle id", required=True),
        NUMBER,
        Field("year", "int", "年序", "Year, 0 is the year of investment", "year", 0, 60),
        Field(
            "plan_year", "int", "计划年序(0为首个预算年)", "Year of the plan, 0 the first budget year", "year", 0, 120
        ),
        Field("capex_cny", "float", "企业投资", "Capex of the operator", "CNY"),
        Field("revenue_cny", "float", "收入", "Revenue", "CNY"),
        Field("other_income_cny", "float", "其他收入(净)", "Other income less its cost", "CNY"),
        Field("property_fee_cny", "float", "物业费", "Property fees", "CNY"),
        Field("opex_cny", "float", "运营支出", "Running cost", "CNY"),
        Field("upkeep_cny", "float", "长效管养支出", "Upkeep", "CNY"),
        Field("land_rent_cny", "float", "地租或场地租", "Land or site rent", "CNY"),
        Field("tax_cny", "float", "税费", "Taxes", "CNY"),
        Field("reinstatement_cny", "float", "复原费", "Clearing the land", "CNY"),
        Field("net_cny", "float", "净额", "Net", "CNY"),
        Field("cumulative_cny", "float", "累计", "Cumulative", "CNY"),
        Field("discounted_cny", "float", "净额现值", "Net in money of year 0", "CNY"),
        *transfers("由他包补入", "补给他包", "in its year 0"),
        Field("after_cny", "float", "反哺后净额", "Net after transfers", "CNY"),
        Field("after_cumulative_cny", "float", "反哺后累计", "Cumulative after transfers", "CNY"),
        Field("after_discounted_cny", "float", "反哺后净额现值", "Net after transfers in money of its year 0", "CNY"),
        Field("debt_service_cny", "float", "还本付息", "Debt service", "CNY"),
        Field("debt_cover", "float", "偿债备付率", "Debt cover", "x"),
        *(item for item in FUNDING if item.name != "funding_enterprise_cny"),
        Field("present_public_cny", "float", "现状财政购买服务", "Public services today", "CNY"),
        Field("new_public_cny", "float", "新模式财政购买服务", "Public services in the bundle", "CNY"),
        Field("public_more_cny", "float", "财政比现状多支出", "Public money beyond today's", "CNY"),
        Field("public_holds", "bool", "不增加政府投入", "Public money does not grow"),
        SUBDISTRICT,
        SAMPLE,
    ),
)

BUNDLES = (BUNDLE, BUNDLE_MEMBER, BUNDLE_YEAR)
