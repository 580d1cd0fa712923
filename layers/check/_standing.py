"""For what a sound record may not be taken: too new to be old, no public supply, past its term, a zone unknown.

The analysis decides by its model; a clerk who imports the ledger learns here what it will make of the record, and what
would change that. Rules of values alone, one line each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from layers.documents import is_document_no, is_open_question

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.check._subject import Subject

OLD_UNTIL_YEAR = 2000
"""Old communities were finished by the end of this year (国办发〔2020〕23号, key target); a district may set another in
its model (``old_comm.built_before_year``), so this is said and nothing is left out."""
_IN_USE = ("let", "partly_let", "occupied")
_TOGETHER = "合并统计|一并统计|合计统计|合并普查"
_SEVERAL_PHASES = r"[一二三四五六七八九0-9][、,，和及][一二三四五六七八九0-9]+(?:期|区|号院)"


class _Rule(NamedTuple):
    """One rule: kind, field whose value is shown, name, which records (a mask), sentence, whether it is doubtful."""

    kind: str
    field: str
    rule: str
    holds: Callable[[Subject], pd.Series]
    zh: str
    en: str
    is_warning: bool = False


def _equals(name: str, *codes: object) -> Callable[[Subject], pd.Series]:
    """Return a test of which records have one of these values; never of a missing one."""
    return lambda subject: subject.frame[name].isin(codes)


def _before_today(name: str, occupancies: tuple[str, ...] = ()) -> Callable[[Subject], pd.Series]:
    """Return a test of which days have passed, for records in use where ``occupancies`` are given."""

    def passed(subject: Subject) -> pd.Series:
        if subject.as_of is None:
            return pd.Series(False, index=subject.frame.index)
        ended = subject.frame[name] < pd.Timestamp(subject.as_of)
        return ended & subject.frame["occupancy"].isin(occupancies) if occupancies else ended

    return passed


def _built_late(subject: Subject) -> pd.Series:
    return subject.numbers("built_year") > OLD_UNTIL_YEAR


def _on_green(subject: Subject) -> pd.Series:
    return subject.frame["zoning"].str.upper().str.contains("G[12]")


def _uncertified(subject: Subject) -> pd.Series:
    return (subject.frame["land_class"] == "legal_idle") & ~is_document_no(subject.frame["certificate_no"])


def _certified_yet_suspected(subject: Subject) -> pd.Series:
    return (subject.frame["land_class"] == "suspected_idle") & is_document_no(subject.frame["certificate_no"])


def _no_number(subject: Subject) -> pd.Series:
    return subject.frame["certificate_no"].notna() & is_open_question(subject.frame["certificate_no"])


def _red_listed_unproved(subject: Subject) -> pd.Series:
    return (subject.frame["is_red_listed"] == True) & ~is_document_no(subject.frame["red_list_document"])  # noqa: E712


def _counted_together(subject: Subject) -> pd.Series:
    several = subject.frame["community_name"].str.contains(_SEVERAL_PHASES).fillna(value=False)
    return several | subject.frame["remark"].str.contains(_TOGETHER).fillna(value=False)


_NOT_PUBLIC = "不对公众开放，不计入公共供给", "not open to the public, so no public supply"
_NOT_BALANCED = "收入属财政或代管，不计入资金平衡", "its income is the treasury's or held in trust: it repays nothing"
_RULES = (
    _Rule(
        "community", "built_year", "not_old", _built_late,
        f"晚于 {OLD_UNTIL_YEAR} 年建成，按国办发〔2020〕23号不属老旧小区（本区另定年限的，以评价模型为准）；照样收下",
        f"finished after {OLD_UNTIL_YEAR}, so no old community by 国办发〔2020〕23号 unless the district's model says "
        "otherwise; kept",
    ),
    _Rule(
        "community", "is_self_built", "not_old", _equals("is_self_built", True),
        "自建房，不认定为老旧小区；照样收下", "self-built, so no old community; kept",
    ),
    _Rule(
        "community", "in_rebuild_plan", "not_old", _equals("in_rebuild_plan", True),
        "已纳入拆建计划，不认定为老旧小区；照样收下", "in a rebuild plan, so no old community; kept",
    ),
    _Rule(
        "idle_land", "zoning", "green_land", _on_green,
        "规划为绿地（G1、G2），不得占绿：不能建停车场和充电设施",
        "zoned green (G1, G2): no parking and no charging on it",
    ),
    _Rule(
        "idle_land", "land_class", "suspected_idle", _equals("land_class", "suspected_idle"),
        "没有认定书，只是疑似闲置土地：不起算闲置费和收回期限；取得认定书后请填文号",
        "no certificate, so only suspected to be idle: no clock runs; state the certificate's number once there is one",
    ),
    _Rule(
        "idle_land", "land_class", "certificate_missing", _uncertified,
        "写为已认定的闲置土地，却没有认定书文号，只能算疑似闲置",
        "called legally idle, but without a certificate's number: only suspected", is_warning=True,
    ),
    _Rule(
        "idle_land", "land_class", "certificate_kept", _certified_yet_suspected,
        "写为疑似或待认定，却有认定书文号：评价按文号算已认定；认定书已撤销或还没有的，请在文号一格写明",
        "called suspected, yet there is a certificate's number, by which it counts as certified: if that was revoked "
        "or is still to come, say so beside the number", is_warning=True,
    ),
    _Rule(
        "idle_land", "certificate_no", "no_number", _no_number,
        "不是有效的文号，不当作认定书，原文照留；只算疑似闲置，有了文号请填上",
        "no number of a certificate in force: kept as written, taken for none; only suspected until there is one",
        is_warning=True,
    ),
    _Rule(
        "public_building", "danger_grade", "no_activation", _equals("danger_grade", "D"),
        "D级危房，解危之前不安排活化利用", "grade D, dangerous: nothing opens in it before it is repaired",
    ),
    _Rule(
        "public_building", "ownership", "no_activation", _equals("ownership", "trust"),
        "代管房，处分权属于业主，不安排活化利用", "held in trust for its owner: nothing is planned in it",
    ),
    _Rule(
        "public_building", "occupancy", "lease_over", _equals("occupancy", "overdue"),
        "超期占用，须先清退或重新签约", "occupied past the lease: to be cleared or let anew first", is_warning=True,
    ),
    _Rule(
        "public_building", "lease_end", "lease_over", _before_today("lease_end", _IN_USE),
        "租期已届满仍在使用，应为超期占用，请核对使用状态", "the lease has ended, yet it is in use: overdue, check it",
        is_warning=True,
    ),
    _Rule(
        "parking", "valid_until", "registration_over", _before_today("valid_until"),
        "备案已过有效期，不计入可共享的泊位", "its registration has lapsed: its stalls are not counted as shared",
        is_warning=True,
    ),
    _Rule("parking", "access", "no_public_supply", _equals("access", "private"), *_NOT_PUBLIC),
    _Rule("charging", "access", "no_public_supply", _equals("access", "private", "permit"), *_NOT_PUBLIC),
    _Rule(
        "charging", "status", "no_public_supply", _equals("status", "planned", "closed"),
        "未建成或已停用，不计入公共供给", "not built or closed, so no public supply",
    ),
    _Rule(
        "charging", "charger_type", "no_car_piles", _equals("charger_type", "ebike", "battery_swap"),
        "不是电动汽车充电桩，不计入充电桩数", "no chargers for cars: not counted as piles",
    ),
    *(
        _Rule(kind, "income_owner", "income_not_pledged", _equals("income_owner", "treasury", "trust"), *_NOT_BALANCED)
        for kind in ("parking", "public_building")
    ),
    _Rule(
        "heritage", "is_zone_on_drawing", "zone_unknown", _equals("is_zone_on_drawing", True),
        "保护区划或位置只写“见图”“线状”：范围不明，不等于没有；取得图上界线后按 heritage_zone 导入",
        "its zone or outline is only on a drawing: unknown, not absent; import its boundary as heritage_zone",
        is_warning=True,
    ),
    _Rule(
        "heritage", "is_red_listed", "red_list_unproved", _red_listed_unproved,
        "没有红色资源名录文号，不按红色资源计分；有文号请填上",
        "no document number of the red list: not counted as listed until it is stated", is_warning=True,
    ),
    _Rule(
        "parking_survey", "community_name", "surveyed_together", _counted_together,
        "一行是几处合在一起的普查数：请拆成每处一行，或把名称写成台账里的小区名，否则对不上小区",
        "one row counts several places together: give each its own row, or the name that the community layer has, or "
        "it is laid to none",
        is_warning=True,
    ),
)  # fmt: skip


def check_standing(subject: Subject) -> None:
    """Say for what records may not be taken, by values that are sound in themselves."""
    for item in _RULES:
        if item.kind != subject.kind.name or not subject.has(item.field):
            continue
        rows = item.holds(subject).fillna(value=False).to_numpy(dtype=bool)
        shown = subject.written(item.field, rows)
        (subject.warn if item.is_warning else subject.note)(
            item.rule, item.zh, item.en, rows, field=item.field, values=shown
        )
