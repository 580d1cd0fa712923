"""The legal test of idle land and its clock: who is certified, from which day it counts, what falls due when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gis._dated import STATE_WORDS, reasons
from gis._land_words import said_disposed
from gis._model_parts import UNVERIFIED
from gis._notes import NOTHING, SEPARATORS, Note
from layers.documents import is_document_no, is_open_question

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import geopandas as gpd

    from gis.city import City
    from gis.model import Model

STATE_TENURES = ("granted", "allocated")
"""State land that somebody holds: the only land that 闲置土地处置办法 speaks of."""
MONTHS_PER_YEAR = 12
DAYS_PER_MONTH = 365.25 / MONTHS_PER_YEAR
SILENT = {
    "legal_idle": Note(
        "已认定，政府原因、原因不明或无起算日期，不起算",
        "Certified; caused by government, cause unknown or no starting date: no clock runs",
    ),
    "disposed": Note("台账称已处置，请核实；不起算", "The ledger says that it is over, please check: no clock runs"),
    "suspected_idle": Note("疑似闲置，不起算", "Suspected idle: no clock runs"),
}
"""Why no clock runs, by legal class; the law starts none for any other land."""
STARTED_AND_STOPPED = Note(
    "曾动工开发后中止，现有依据未写明这种情形缴闲置费或收回的期限，不计费，以处置决定为准（条文待核）",
    "its works were started and stopped: no text at hand says that such land owes the fee or when it is taken back, "
    "so none is counted; it is for the disposal decision (clause to be checked)",
)
"""Why a clock that runs tells no fee: the domain's rule gives the fee and the recovery after years not started only."""
TO_BE_CHECKED = Note("（条文待核）", " (clause to be checked)")
"""Said of a number whose law is known and whose article is not (:data:`gis._model_parts.UNVERIFIED`)."""
YEARS_TO_FEE, FEE, YEARS_TO_RECLAIM = CLOCK_KEYS = ("idle.years_not_started", "idle.fee", "idle.reclaim_years")
"""The parameters that a running clock tells."""
EXTENSION = "idle.extension_max"
"""It tells from which day a clock runs, where works were put off."""
YEARS_ZH = {1.0: "一年", 2.0: "两年"}


def legal_class(frame: gpd.GeoDataFrame, city: City, model: Model) -> pd.Series:
    """Return each parcel's class by the test of 闲置土地处置办法 art. 2 and its paper.

    State land not started ``idle.years_not_started`` (1) year after the agreed date, or started but with less than
    ``idle.started_area_share`` (1/3) of its area **or** ``idle.invested_share`` (25 %) of its investment, and stopped
    for a year, may be declared idle. Only a certificate (认定书) with its number makes it so, and only on state land.

    Returns
    -------
    Series
        ``legal_idle`` (certified state land), ``disposed`` (it would be that or suspected, but the ledger says that its
        idleness is over: :func:`is_disposed`), ``suspected_idle`` (meets the test, is called so, or something other
        than a plain no stands for the certificate) or ``underused_space``.
    """
    numbered, asked = is_document_no(frame["certificate_no"]), is_open_question(frame["certificate_no"])
    said = frame["land_class"].isin(["legal_idle", "suspected_idle"])
    state = frame["tenure"].isin(STATE_TENURES)
    suspected = said | numbered | asked | (meets_idle_test(frame, city, model) & state)
    over = is_disposed(frame, model)
    cases = [np.asarray(where, dtype=bool) for where in (suspected & over, numbered & state, suspected)]
    kinds = np.select(cases, ["disposed", "legal_idle", "suspected_idle"], "underused_space")
    return pd.Series(kinds, index=frame.index, name="legal_class")


def is_disposed(frame: gpd.GeoDataFrame, model: Model) -> pd.Series:
    """Return of which parcels the ledger says that they are idle no more.

    In words (:func:`gis._land_words.said_disposed`), or in figures: works that did not stop and are past both limits of
    the test are under way, whatever paper was once made out.
    """
    built = frame["started_area_share"] >= model.value("idle.started_area_share")
    paid = frame["invested_share"] >= model.value("idle.invested_share")
    under_way = (built & paid).fillna(value=False).astype(bool) & frame["stopped_since"].isna()
    return said_disposed(frame) | under_way


def agreed_start(frame: gpd.GeoDataFrame, model: Model) -> pd.Series:
    """Return the day on which works were to start: after an extension its day, where that may be gone by.

    An extension that :func:`is_extension_doubtful` moves nothing.
    """
    later = frame["extended_start_date"].mask(is_extension_doubtful(frame, model))
    return later.fillna(frame["agreed_start_date"])


def is_extension_doubtful(frame: gpd.GeoDataFrame, model: Model) -> pd.Series:
    """Return which extensions are longer than ``idle.extension_max`` (1 year), or run from a day nobody knows."""
    most = frame["agreed_start_date"] + _term(model.value("idle.extension_max"))
    told = frame["extended_start_date"]
    return told.notna() & ~(told <= most).fillna(value=False).astype(bool)


def idle_since(frame: gpd.GeoDataFrame, model: Model) -> pd.Series:
    """Return the day from which idleness counts: works stopped, or were to start and never did.

    An extension after works stopped starts the count anew. Null where neither day is known: of land that was begun
    and did not stop as far as anybody says, the agreed day tells nothing.
    """
    stopped, later = frame["stopped_since"], frame["extended_start_date"].mask(is_extension_doubtful(frame, model))
    after_stop = stopped.mask((later > stopped).fillna(value=False), later)
    return after_stop.fillna(agreed_start(frame, model).where(_never_started(frame, model)))


def _never_started(frame: gpd.GeoDataFrame, model: Model) -> pd.Series:
    """Return where nothing tells that works began: no share of the area, no stop, no quarter of the money spent."""
    begun = (frame["started_area_share"] > 0) | (frame["invested_share"] >= model.value("idle.invested_share"))
    return ~begun.fillna(value=False).astype(bool) & frame["stopped_since"].isna()


def meets_idle_test(frame: gpd.GeoDataFrame, city: City, model: Model) -> pd.Series:
    """Return which parcels meet the test of 闲置土地处置办法 art. 2 on the day of the analysis; false where unknown."""
    due = idle_since(frame, model) + _term(model.value("idle.years_not_started"))
    little = (frame["started_area_share"] < model.value("idle.started_area_share")) | (
        frame["invested_share"] < model.value("idle.invested_share")
    )
    # Works that stopped had started, whether or not the ledger tells how much of the area.
    counts = frame["stopped_since"].isna() | little.fillna(value=False).astype(bool)
    return (due <= pd.Timestamp(city.as_of)).fillna(value=False).astype(bool) & counts


def clock(frame: gpd.GeoDataFrame, city: City, model: Model) -> pd.DataFrame:
    """Return the clock of certified idle land that a company left idle.

    It runs from :func:`idle_since`. Land whose works never started (未动工开发) owes a fee of ``idle.fee`` (20 %) of
    the land price after ``idle.years_not_started`` (1) year and may be taken back after ``idle.reclaim_years`` (2).
    Of land whose works started and stopped no text at hand says either: its clock counts, and has no day of a fee or
    of recovery, which are for the disposal decision. A period of years ends on the same day of the month, on the last
    of the month where there is no such day (民法典 art. 202): of 29 February on 28 February.

    Returns
    -------
    DataFrame
        ``start_date``, ``fee_date``, ``reclaim_date``, ``years_idle``, ``months_to_fee``, ``months_to_reclaim`` (0 when
        past), ``is_extended`` (the start is the day of an extension), ``fee_cny``, by asset id; null where no clock
        runs (no certificate, said to be disposed of, caused by government, an extension in doubt, or no date); days,
        months and ``fee_cny`` are null as well where works were started. ``extension_in_doubt`` is the day of the
        extension that alone keeps a clock from running (:func:`is_extension_doubtful`), null everywhere else.
    """
    by_company = (frame["idle_cause"] == "company").fillna(value=False).astype(bool)
    certified, in_doubt = legal_class(frame, city, model) == "legal_idle", is_extension_doubtful(frame, model)
    since = idle_since(frame, model).where(certified & by_company & ~in_doubt)
    today, never_started = pd.Timestamp(city.as_of), _never_started(frame, model)
    fee, back = ((since + _term(model.value(key))).where(never_started) for key in (YEARS_TO_FEE, YEARS_TO_RECLAIM))
    return pd.DataFrame(
        {
            "start_date": since,
            "fee_date": fee,
            "reclaim_date": back,
            "years_idle": ((today - since).dt.days / 365.25).clip(lower=0),
            "months_to_fee": months_left(fee, city),
            "months_to_reclaim": months_left(back, city),
            "is_extended": _extended(frame, since),
            "fee_cny": (frame["land_price_cny"].astype(float) * model.value(FEE)).where(fee.notna()),
            "extension_in_doubt": frame["extended_start_date"].where(certified & by_company & in_doubt),
        },
        index=frame.index,
    )


def months_left(days: pd.Series, city: City) -> pd.Series:
    """Return the months from the day of the analysis to each day, 0 where it is past, null where there is none."""
    return ((days - pd.Timestamp(city.as_of)).dt.days / DAYS_PER_MONTH).clip(lower=0)


def _term(years: float) -> pd.DateOffset:
    # In months, as the law counts: a district may set a year and a half.
    return pd.DateOffset(months=round(MONTHS_PER_YEAR * years))


def clock_text(times: pd.DataFrame, legal: pd.Series, model: Model, as_of: date) -> pd.DataFrame:
    """Return the clock in words; certified land without dates or with a doubtful one, and suspected land, say why not.

    Where the law behind it is not in force on ``as_of``, a running clock says so at its end.

    Returns
    -------
    DataFrame
        ``clock`` and ``clock_en`` by asset id; empty where the law starts no clock.
    """
    runs = times["years_idle"].notna() & (legal == "legal_idle")
    unsure = {False: lapse(model, as_of), True: lapse(model, as_of, (*CLOCK_KEYS, EXTENSION))}
    notes = [
        _running(row, model, as_of, unsure[bool(row.is_extended)]) if is_on else _silent(row, kind, model)
        for row, is_on, kind in zip(times.itertuples(), runs, legal, strict=True)
    ]
    return pd.DataFrame(notes, index=times.index, columns=["clock", "clock_en"])


def _silent(row: Any, legal: str, model: Model) -> Note:
    """Return why no clock runs; empty where the law starts none."""
    if legal != "legal_idle" or pd.isna(row.extension_in_doubt):
        return SILENT.get(legal, NOTHING)
    most, day, by = _years(model.value(EXTENSION)), f"{row.extension_in_doubt:%Y-%m-%d}", own_words(model, EXTENSION)
    return Note(
        f"已认定，延期至{day}存疑（超过一次可延的{most.zh}{by.zh}，或约定动工日期不明），核实前不起算",
        f"Certified; the extension to {day} is in doubt (beyond the {most.en} that may be granted{by.en}, or from a "
        "day nobody knows): no clock runs until that is checked",
    )


def _extended(frame: gpd.GeoDataFrame, since: pd.Series) -> pd.Series:
    """Return which clocks run from a day that :data:`EXTENSION` let move."""
    return (since == frame["extended_start_date"]).fillna(value=False).astype(bool)


def lapse(model: Model, as_of: date, keys: Sequence[str] = CLOCK_KEYS) -> Note:
    """Return, as the end of a text, that the law behind ``keys`` is not in force on ``as_of``; empty where it is.

    Where it is in force and its article alone is open, that stands in brackets.
    """
    why = {key: note for key, note in reasons(model, as_of).items() if key in keys}
    told = next((key for key in keys if key in why and why[key] != STATE_WORDS[UNVERIFIED]), None)
    if told is None:
        return TO_BE_CHECKED if why else NOTHING
    by = model[told].own_mark or model[told].cited
    return Note(f"；所据{by.zh}{why[told].zh}", f"; its ground, {by.en}, {why[told].en}")


def own_words(model: Model, *keys: str) -> Note:
    """Return, in brackets, that a district set one of these numbers by itself; nothing where none is."""
    marks = [mark for key in keys if (mark := model[key].own_mark) is not None]
    return Note(f"（{marks[0].zh}，非法定）", f" ({marks[0].en}, not by law)") if marks else NOTHING


def _running(row: Any, model: Model, as_of: date, unsure: Note) -> Note:
    """Return a running clock in words: how long idle, what is owed or when, and when the land may be taken back."""
    idle = Note(f"闲置{row.years_idle:.1f}年", f"Idle for {row.years_idle:.1f} years")
    is_stopped, is_ahead = bool(pd.isna(row.fee_date)), row.start_date > pd.Timestamp(as_of)
    if is_stopped and is_ahead and not row.is_extended:
        day = f"{row.start_date:%Y-%m-%d}"
        return Note(f"台账所载停工日期{day}尚未到，请核实", f"Its works stop on {day}, a day to come: check the ledger")
    if is_ahead or (row.years_idle <= 0 and not is_stopped):
        idle = Note(f"动工期至{row.start_date:%Y-%m-%d}", f"Works are to start by {row.start_date:%Y-%m-%d}")
    if row.is_extended:
        of_day = own_words(model, EXTENSION)
        idle = Note(idle.zh + of_day.zh, idle.en + of_day.en)
    if is_stopped:
        told, more = STARTED_AND_STOPPED, NOTHING if unsure == TO_BE_CHECKED else unsure
        return Note(f"{idle.zh}：{told.zh}{more.zh}", f"{idle.en}: {told.en}{more.en}")
    due, back = _due(row, model, as_of), _back(row, model, as_of)
    return Note(f"{idle.zh}：{due.zh}；{back.zh}{unsure.zh}", f"{idle.en}: {due.en}; {back.en}{unsure.en}")


def _due(row: Any, model: Model, as_of: date) -> Note:
    """Return what fee is owed, or how long it is until one is."""
    first, share = _years(model.value(YEARS_TO_FEE)), percent(model.value(FEE))
    due, by = _until(first, row.fee_date, as_of), own_words(model, YEARS_TO_FEE)
    if row.months_to_fee <= 0 or not pd.isna(row.fee_cny):
        by = own_words(model, YEARS_TO_FEE, FEE)
    if row.months_to_fee <= 0:
        due = Note(f"已满{first.zh}，应缴闲置费{share}", f"past {first.en}, an idle-land fee of {share} is due")
    if not pd.isna(row.fee_cny):
        due = Note(f"{due.zh}，约{row.fee_cny / 1e4:,.0f}万元", f"{due.en}, about {row.fee_cny:,.0f} CNY")
    return Note(due.zh + by.zh, due.en + by.en)


def _back(row: Any, model: Model, as_of: date) -> Note:
    """Return that the land may be taken back, or how long it is until then."""
    last, by = _years(model.value(YEARS_TO_RECLAIM)), own_words(model, YEARS_TO_RECLAIM)
    back = _until(last, row.reclaim_date, as_of)
    if row.months_to_reclaim <= 0:
        back = Note(f"已满{last.zh}，可无偿收回", f"past {last.en}, it may be taken back without compensation")
    return Note(back.zh + by.zh, back.en + by.en)


def _until(term: Note, day: pd.Timestamp, as_of: date) -> Note:
    """Return how long it is until a term is full: whole months of the calendar, days where it is less than one."""
    months = MONTHS_PER_YEAR * (day.year - as_of.year) + day.month - as_of.month - (day.day < as_of.day)
    count, zh, en = (months, "个月", "month") if months >= 1 else ((day.date() - as_of).days, "天", "day")
    plural = "" if count == 1 else "s"
    return Note(f"距满{term.zh}还有{count}{zh}", f"{count} {en}{plural} left to {term.en}")


def with_term(clocks: pd.DataFrame, until: pd.Series) -> pd.DataFrame:
    """Return ``clocks`` with the day until which the ledger says the land is available, where it says so."""
    words = {"clock": "可用至%Y-%m-%d", "clock_en": "Available until %Y-%m-%d"}
    told = {}
    for (name, text), separator in zip(words.items(), SEPARATORS.values(), strict=True):
        term = until.dt.strftime(text).fillna("")
        between = np.where((clocks[name] != "") & (term != ""), separator, "")
        told[name] = clocks[name] + between + term
    return pd.DataFrame(told, index=clocks.index)


def percent(share: float) -> str:
    """Return a share as a percentage of at most three digits."""
    return f"{100 * share:.3g}%"


def _years(count: float) -> Note:
    return Note(YEARS_ZH.get(count, f"{count:g}年"), f"{count:g} year" if count == 1 else f"{count:g} years")
