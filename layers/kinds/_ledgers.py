"""Ledgers of what happens: services bought, reports from the street."""

from __future__ import annotations

from layers.kinds._columns import asset
from layers.schema import Field, Kind

EVENT_CLASSES = {
    "component_01": ("部件-公用设施", "Component: utilities"),
    "component_02": ("部件-道路交通", "Component: roads and traffic"),
    "component_03": ("部件-市容环境", "Component: street environment"),
    "component_04": ("部件-园林绿化", "Component: greening"),
    "component_05": ("部件-其他部件", "Component: other"),
    "event_01": ("事件-市容环境", "Event: street environment"),
    "event_02": ("事件-宣传广告", "Event: advertising"),
    "event_03": ("事件-施工管理", "Event: building works"),
    "event_04": ("事件-突发事件", "Event: emergency"),
    "event_05": ("事件-街面秩序", "Event: street order"),
    "event_99": ("事件-扩展事件", "Event: city extension"),
}

SERVICE_ITEM = Kind(
    "service_item",
    "购买服务事项",
    "Service item",
    "input",
    (),
    asset(
        Field("category", "string", "事项类别", "Category", aliases=("事项类别",)),
        Field("coverage", "string", "服务范围", "Coverage", aliases=("服务范围",)),
        Field("department", "string", "主管部门", "Department", aliases=("主管部门",)),
        Field("provider", "string", "承接单位", "Provider", aliases=("承接单位", "现承接单位")),
        Field(
            "contract_sum_cny_year",
            "float",
            "合同金额（年）",
            "Contract sum",
            "CNY/year",
            0,
            1e10,
            aliases=("合同金额（年）", "合同金额"),
        ),
        Field("fund_source", "string", "经费来源", "Source of money", aliases=("经费来源",)),
        Field("contract_end", "date", "合同止期", "End of contract", aliases=("合同止期",)),
        Field("staff_count", "int", "在岗人数", "Staff", "persons", 0, 10_000, aliases=("在岗人数",)),
        Field(
            "is_mergeable",
            "string",
            "可否整合",
            "Can it be merged",
            codes={
                "yes": ("可", "Yes"),
                "partly": ("部分", "Partly"),
                "no": ("不可", "No"),
                "unknown": ("不明", "Unknown"),
            },
            aliases=("可否整合",),
        ),
        name_aliases=("事项名称",),
    ),
)

REPORT = Kind(
    "report",
    "街面诉求",
    "Report",
    "input",
    ("point",),
    asset(
        Field("reported_at", "datetime", "受理时间", "Received at", aliases=("受理时间", "上报时间")),
        Field("channel", "string", "来源渠道", "Channel", aliases=("来源", "渠道")),
        Field("event_class", "string", "大类", "Class", codes=EVENT_CLASSES, aliases=("大类",)),
        Field("event_item", "string", "问题分类", "Item", aliases=("问题分类", "小类")),
        Field("content", "string", "诉求内容", "Content", aliases=("诉求内容", "内容")),
        Field("department", "string", "主办单位", "Department", aliases=("主办单位",)),
        Field("deadline_h", "float", "办理时限", "Deadline", "working hours", 0, 10_000, aliases=("办理时限",)),
        Field("closed_at", "datetime", "办结时间", "Closed at", aliases=("办结时间",)),
        Field("state", "string", "状态", "State as the source says", aliases=("状态",)),
        Field("is_repeat", "bool", "是否重复", "Said to repeat an earlier report", aliases=("是否重复", "是否重复件")),
        Field("reporter", "string", "来电人", "Caller", aliases=("来电人", "联系人"), personal=True),
        Field("telephone", "string", "联系电话", "Telephone", aliases=("联系电话", "电话"), personal=True),
    ),
)

LEDGERS = (SERVICE_ITEM, REPORT)
