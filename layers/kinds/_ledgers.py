"""Ledgers of what happens: services bought, reports from the street."""

from __future__ import annotations

from layers.kinds._columns import asset, titles
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
        Field(
            "category",
            "string",
            "事项类别",
            "Category",
            aliases=titles("事项类别 事项类型 服务类别 服务类型 项目类别 类别"),
        ),
        Field("coverage", "string", "服务范围", "Coverage", aliases=titles("服务范围 服务区域 作业范围 覆盖范围")),
        Field("department", "string", "主管部门", "Department", aliases=titles("主管部门 主管单位 业务主管部门")),
        Field(
            "provider",
            "string",
            "承接单位",
            "Provider",
            aliases=titles(
                "承接单位 现承接单位 承接主体 承接企业 服务单位 服务企业 服务供应商 供应商 中标单位 中标人 "
                "中标供应商 承包单位"
            ),
        ),
        Field(
            "contract_sum_cny_year",
            "float",
            "合同金额（年）",
            "Contract sum",
            "CNY/year",
            0,
            1e10,
            aliases=titles(
                "合同金额（年） 合同金额 年合同金额 合同年金额 年度合同金额 年度金额 年金额 年度经费 年经费"
            ),
        ),
        Field(
            "fund_source",
            "string",
            "经费来源",
            "Source of money",
            aliases=titles("经费来源 资金来源 资金渠道 经费渠道"),
        ),
        Field(
            "contract_end",
            "date",
            "合同止期",
            "End of contract",
            aliases=titles("合同止期 合同到期日 合同到期日期 合同到期时间 合同截止日期 合同终止日期 到期日期 到期时间"),
        ),
        Field(
            "staff_count",
            "int",
            "在岗人数",
            "Staff",
            "persons",
            0,
            10_000,
            aliases=titles("在岗人数 在岗人员 在岗人员数 人员数 人员数量 配置人数"),
        ),
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
            aliases=titles("可否整合 是否可整合 是否可以整合 能否整合"),
        ),
        name_aliases=titles("事项名称 事项 服务事项 服务事项名称 服务项目 服务项目名称 服务名称 项目名称 采购项目名称"),
    ),
)

REPORT = Kind(
    "report",
    "街面诉求",
    "Report",
    "input",
    ("point",),
    asset(
        Field(
            "reported_at",
            "datetime",
            "受理时间",
            "Received at",
            aliases=titles("受理时间 上报时间 受理日期 登记时间 来电时间 投诉时间 反映时间 诉求时间 上报日期"),
        ),
        Field(
            "channel",
            "string",
            "来源渠道",
            "Channel",
            aliases=titles("来源 渠道 诉求来源 工单来源 案件来源 问题来源 受理渠道 诉求渠道 来源途径"),
        ),
        Field(
            "event_class",
            "string",
            "大类",
            "Class",
            codes=EVENT_CLASSES,
            aliases=titles("大类 案件大类 事件大类 问题大类 诉求大类 一级分类"),
        ),
        Field(
            "event_item",
            "string",
            "问题分类",
            "Item",
            aliases=titles(
                "问题分类 小类 案件小类 事件小类 问题小类 诉求小类 二级分类 问题类别 问题类型 诉求类型 诉求类别"
            ),
        ),
        Field(
            "content",
            "string",
            "诉求内容",
            "Content",
            aliases=titles(
                "诉求内容 内容 诉求描述 诉求详情 反映内容 投诉内容 来电内容 工单内容 问题描述 问题内容 事件描述 "
                "案件描述 主要内容 描述"
            ),
        ),
        Field(
            "department",
            "string",
            "主办单位",
            "Department",
            aliases=titles("主办单位 主办部门 承办单位 承办部门 办理单位 处置单位 处置部门"),
        ),
        Field(
            "deadline_h",
            "float",
            "办理时限",
            "Deadline",
            "working hours",
            0,
            10_000,
            aliases=titles("办理时限 处置时限"),
        ),
        Field(
            "closed_at",
            "datetime",
            "办结时间",
            "Closed at",
            aliases=titles("办结时间 办结日期 结案时间 结案日期 完成时间 办理完成时间 处置完成时间"),
        ),
        Field(
            "state",
            "string",
            "状态",
            "State as the source says",
            aliases=titles("状态 工单状态 办理状态 处理状态 案件状态"),
        ),
        Field(
            "is_repeat",
            "bool",
            "是否重复",
            "Said to repeat an earlier report",
            aliases=titles("是否重复 是否重复件 是否重复诉求 是否重复投诉 是否重复工单 重复件"),
        ),
        Field(
            "reporter",
            "string",
            "来电人",
            "Caller",
            aliases=("来电人", "联系人", "诉求人", "反映人", "投诉人", "举报人", "申请人", "当事人", "姓名"),
            personal=True,
        ),
        Field(
            "telephone",
            "string",
            "联系电话",
            "Telephone",
            aliases=("联系电话", "电话", "联系方式", "来电号码", "主叫号码", "手机号码", "手机号", "手机"),
            personal=True,
        ),
        Field("flat", "string", "房号", "Flat", aliases=("房号", "室号", "房间号", "户号"), personal=True),
        address_aliases=titles(
            "发生地点 事发地址 事发地点 事件地址 事件地点 诉求地址 诉求地点 问题地址 问题地点 案发地址 案件地址"
        ),
    ),
)

LEDGERS = (SERVICE_ITEM, REPORT)
