"""资金平衡表.xlsx, recalculated by an independent program: the same figures as ours, before and after prices change."""

from __future__ import annotations

import re
from dataclasses import replace

import formulas
import numpy as np
import openpyxl
import pandas as pd
import pytest
from account_cases import MODEL
from bundle_lines import HOMES, HOUSE, LOT, PILES, basis_of, lines_of, service_lines

from api._balance_prices import Formula, Prices, unit_formulas, written
from api.balance_workbook import Balance, Origin, write_balance
from gis._bundle_sensitivity import with_value
from gis._bundle_transfers import transfers
from gis._recipes import RECIPES, RENT_TERMS
from gis._unit_economics import beside, unit_economics
from gis.bundle_account import COSTS, INCOME, OTHERS_PAY, account

REAL = Origin("20260102-030405", "2026-01-01", is_sample=False)
SERVICE = service_lines(6, today=50_000.0, then=45_000.0, cost=40_000.0)
FAT = [
    {**LOT, "stalls": 260.0, "near_night_gap": 200.0, "income_owner": "collective"},  # more stalls than cars want
    {**PILES, "chargers": 30.0},
    {**HOUSE, "reference_rent_cny_m2_month": 300.0},  # free for a year: a loss that is carried on
    {"action": "market", "area_m2": 500.0, "horizon_years": 6.0},
]
CHANGED = {
    "parking.tariff.resid_monthly": 380.0,
    "fin.tax.profit_share": 0.2,
    "reno.gov_share": 0.5,
    "fin.rent.community_shop": 90.0,
    "reno.property_fee_m2_month": 0.9,
    "fin.pledgeable.collective": 0.8,
    "fin.loan_rate": 0.045,
}
TITLES = {
    **dict(zip(INCOME, ("可还本收入", "其他收入(净)", "物业费"), strict=True)),
    **dict(zip(COSTS, ("企业投资", "运营支出", "地租或场地租", "税费", "复原费", "长效管养"), strict=True)),
    **dict(zip(OTHERS_PAY, ("财政出资", "产权人出资", "居民出资"), strict=True)),
    "net_cny": "净额",
    "cumulative_cny": "累计",
    "discounted_cny": "净额现值",
    "public_more_cny": "财政增减(含出资)",
    "debt_service_cny": "还本付息(假定)",
}


def bundle(name, rows, model=MODEL, service=None):
    basis = basis_of(*rows)
    lines = lines_of(basis, model)
    members = pd.DataFrame({"member": basis["opportunity_id"], "name": "=1+1", "action": basis["action"]})
    members["household_count"] = basis["household_count"].fillna(0.0)  # 0 of an asset, as a run tells it
    if service is not None:
        lines = pd.concat([lines, service]).fillna(0.0)
        members.loc[len(members)] = ["service-1", "保洁", None, np.nan]
    return Balance(
        name,
        f"{name}片区",
        members,
        lines,
        basis,
        kept_of(lines, model) | {"household_count": members["household_count"].sum()},
    )


def kept_of(lines, model=MODEL, taken=0.0, given=0.0):
    """Return what a run keeps of a bundle."""
    found = account(lines, model)
    told = {f"funding_{who}_cny": found.funding[who] for who in ("state", "enterprise")}
    told |= {"npv_cny": found.npv_cny, "deepest_deficit_cny": found.deepest_deficit_cny}
    return told | {"household_count": 0.0, "transfer_in_cny": taken, "transfer_out_cny": given}


def bundles(model=MODEL):
    """Return a bundle that pays, with a house whose first loss is carried forward, and one that never does."""
    return [bundle("P1", [*FAT, HOMES], model, SERVICE), bundle("P2", [{**HOMES, "horizon_years": 3.0}], model)]


class Sheets:
    """A workbook that is calculated again: addresses of named rows, and values before and after a change."""

    def __init__(self, path):
        self.path, self._name = path, path.name
        self._cells = openpyxl.load_workbook(path)
        self._model = formulas.ExcelModel().loads(str(path)).finish()

    def calculated(self, changes=()):
        rows = {self._cells["参数"].cell(row, 1).value: row for row in range(4, self._cells["参数"].max_row + 1)}
        inputs = {self.key("参数", f"D{rows[key]}"): value for key, value in dict(changes).items()}
        found = self._model.calculate(inputs=inputs)
        return lambda sheet, address: found[self.key(sheet, address)].value[0, 0]

    def key(self, sheet, address):
        return f"'[{self._name}]{sheet}'!{address}"

    def rows(self, of):
        """Return the rows of the account of the bundle ``of``, by the Chinese title of each."""
        found, is_in = {}, False
        for row in range(1, self._cells["账目"].max_row + 1):
            said = self._cells["账目"].cell(row, 1).value
            is_in = (said or "").startswith(of) or (is_in and said is not None)
            if is_in:
                found[said.split(" ")[0]] = row
        return found


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = tmp_path_factory.mktemp("balance") / "资金平衡表.xlsx"
    write_balance(
        path, bundles(), MODEL, Origin("20260102-030405", "2026-01-01", is_sample=True, notice="=OSM © contributors")
    )
    return path


@pytest.fixture(scope="module")
def sheets(book):
    return Sheets(book)


def assert_told(sheets, cell, model):
    """Compare the sheets with the accounts that ``gis`` makes of the members at the prices of ``model``."""
    for row, item in enumerate(bundles(model), start=4):
        found = account(item.lines, model)
        rows, years = sheets.rows(item.bundle_id), found.by_year.index
        for name, title in TITLES.items():
            told = [cell("账目", f"{chr(ord('C') + year)}{rows[title]}") for year in years]
            assert np.array(told, dtype=float) == pytest.approx(found.by_year[name].to_numpy(), abs=0.01), (name, row)
        npvs = (found.npv_4pct_cny, found.npv_6pct_cny, found.npv_8pct_cny, found.npv_cny)
        money = dict(zip("EFGHIJKL", (*found.funding.values(), *npvs), strict=True))
        money |= {"D": sum(found.funding.values()), "N": found.deepest_deficit_cny}
        for letter, value in money.items():
            assert cell("汇总", f"{letter}{row}") * 10_000 == pytest.approx(value, abs=0.01), letter
        for letter, value, words in (("M", found.irr, "无或不唯一"), ("P", found.payback_years, "期内不回收")):
            told = cell("汇总", f"{letter}{row}")
            assert told.startswith(words) if np.isnan(value) else told == pytest.approx(value, abs=1e-6), letter
        assert cell("汇总", f"C{row}") == item.members["action"].notna().sum()  # a service is no member
        assert cell("汇总", f"O{row}") == found.deepest_year
        assert cell("汇总", f"Q{row}") == pytest.approx(found.debt_cover_least)
        assert cell("汇总", f"R{row}") == ("是 yes" if found.debt_holds else "否 no")
        public = {None: "未纳入服务 no services", True: "是 yes", False: "否 no"}[found.public_holds]
        assert cell("汇总", f"S{row}") == public


def overview(cell, row, count=4):
    """Return stored, live and difference of each figure of a row of the sheet 概览, and the word on them."""
    letters = "JKLMNOPQRSTU"[: 3 * count]
    found = [cell("概览", f"{letter}{row}") for letter in letters]
    return [found[place : place + 3] for place in range(0, len(found), 3)], cell("概览", f"F{row}")


def assert_overview(cell, row, stored, live):
    """Compare a row of the sheet 概览 with figures in CNY, ``None`` where there is none."""
    told, word = overview(cell, row, len(stored))
    for of, (kept, now) in zip(told, zip(stored, live, strict=True), strict=True):
        if kept is None:
            assert set(of) == {"—"}
        else:
            assert [part * 10_000 for part in of] == pytest.approx([kept, now, now - kept], abs=0.011)
    pairs = [pair for pair in zip(stored, live, strict=True) if pair[0] is not None]
    is_same = all(abs(now - kept) < 0.005 for kept, now in pairs)
    assert word == ("一致 same" if is_same else "已改 changed")


def figures(model):
    """Return what 概览 tells of each bundle and of both, in CNY, by the accounts that ``gis`` makes."""
    names = ("funding_state_cny", "funding_enterprise_cny", "npv_cny", "deepest_deficit_cny")
    rows = [[kept_of(item.lines, model)[name] for name in names] for item in bundles(model)]
    return [*rows, [*np.sum(rows, axis=0)[:3], None]]


def test_the_overview_tells_what_the_run_kept_and_that_nothing_was_changed(sheets):
    cell = sheets.calculated()
    for row, kept in enumerate(figures(MODEL), start=11):
        assert_overview(cell, row, kept, kept)
    assert cell("概览", "A8") == "全部与保存值一致 All as stored"
    assert [cell("概览", f"{letter}{row}") for row in (11, 12, 13) for letter in "DE"] == [5, 1, 1, 0, 6, 1]
    assert [cell("概览", f"{letter}{row}") for row in (11, 12, 13) for letter in "GHI"] == [100, 100, 0] * 2 + [
        200,
        200,
        0,
    ]


def test_a_price_that_is_changed_parts_the_live_figures_from_the_stored_ones(sheets):
    cell, model = sheets.calculated({"parking.tariff.resid_monthly": 380.0}), MODEL
    model = with_value(model, "parking.tariff.resid_monthly", 380.0)
    for row, (kept, now) in enumerate(zip(figures(MODEL), figures(model), strict=True), start=11):
        assert_overview(cell, row, kept, now)
    assert cell("概览", "A8") == "2个包已改 bundles changed"


def test_recalculated_elsewhere_the_sheets_tell_our_figures(sheets):
    assert_told(sheets, sheets.calculated(), MODEL)
    first = account(bundles()[0].lines, MODEL)
    assert first.payback_years > 0  # it pays back, so that the formulas of both cases are seen
    assert np.isnan(account(bundles()[1].lines, MODEL).payback_years)


def test_prices_that_are_changed_in_the_sheet_change_the_account_as_in_gis(sheets):
    model = MODEL
    for key, value in CHANGED.items():
        model = with_value(model, key, value)
    assert_told(sheets, sheets.calculated(CHANGED), model)
    before, after = (account(bundles(of)[0].lines, of).npv_cny for of in (MODEL, model))
    assert abs(after - before) > 10_000


def test_what_bundles_give_each_other_is_told_by_year_and_follows_the_prices(tmp_path):
    def made(model):
        return bundle("P1", FAT, model), bundle("P2", [{**HOMES, "horizon_years": 3.0}], model)

    path, names, capital = tmp_path / "b.xlsx", ("P1", "P2"), 5.18e6  # 300,000 are left to give
    given = [replace(item, start_year=start) for item, start in zip(made(MODEL), (1, 0), strict=True)]
    given = [replace(item, kept=kept) for item, kept in zip(given, kept_after(given, capital), strict=True)]
    write_balance(path, given, MODEL, REAL, transfer_cap_cny=9e6, working_capital_cny=capital)
    sheets, changed = Sheets(path), {"fin.discount_rate.project": 0.03, "reno.gov_share": 0.9}
    for changes in ({}, changed):
        cell, model = sheets.calculated(changes), MODEL
        for key, value in changes.items():
            model = with_value(model, key, value)
        accounts = [account(item.lines, model) for item in made(model)]
        npvs, deepest = [item.npv_cny for item in accounts], [item.deepest_deficit_cny for item in accounts]
        rate = model.value("fin.discount_rate.project")
        told = transfers(npvs, deepest, [1, 0], rate=rate, cap_cny=9e6, working_capital_cny=capital)
        assert told.taken_cny[1] > 100_000
        assert told.taken_cny[1] == pytest.approx(told.given_cny[0] / (1 + rate))
        for place, (taken, gave, npv) in enumerate(zip(told.taken_cny, told.given_cny, npvs, strict=True)):
            rows = sheets.rows(names[place])
            first = [cell("账目", f"C{rows[name]}") for name in ("由他包补入", "补给他包")]
            assert first == pytest.approx([taken, gave], abs=0.01)
            assert cell("账目", f"B{rows['反哺后净额现值']}") == pytest.approx(npv + taken - gave, abs=0.01)
            assert cell("汇总", f"Y{place + 4}") * 10_000 == pytest.approx(npv + taken - gave, abs=0.01)
            net, summed = (cell("账目", f"E{rows[name]}") for name in ("净额", "反哺后累计"))
            later = [cell("账目", f"{letter}{rows['净额']}") for letter in "CDE"]
            assert (cell("账目", f"E{rows['反哺后净额']}"), summed) == pytest.approx((net, sum(later) + taken - gave))
        assert_worth(cell, [npv + taken - gave for npv, taken, gave in zip(npvs, *told[:2], strict=True)], npvs, rate)
        assert [cell("概览", f"F{row}") for row in (11, 12, 13)] == ["已改 changed" if changes else "一致 same"] * 3
    capped = sheets.key("汇总", "H7")
    found = sheets._model.calculate(inputs={capped: 1.0})
    assert found[sheets.key("汇总", "H11")].value[0, 0] == 1.0  # a cap of 10,000 CNY is all that is given


def kept_after(given, capital):
    """Return what a run keeps of the bundles of the test above."""
    accounts = [account(item.lines, MODEL) for item in given]
    npvs, deepest = [item.npv_cny for item in accounts], [item.deepest_deficit_cny for item in accounts]
    rate = MODEL.value("fin.discount_rate.project")
    told = transfers(npvs, deepest, [1, 0], rate=rate, cap_cny=9e6, working_capital_cny=capital)
    paid = zip(given, told.taken_cny, told.given_cny, strict=True)
    return [dict(item.kept) | {"transfer_in_cny": taken, "transfer_out_cny": gave} for item, taken, gave in paid]


def assert_worth(cell, after, npvs, rate):
    """Compare what 概览 tells of NPVs before and after transfers, summed in money of the first budget year."""
    for letter, worth in (("Q", npvs), ("W", after)):
        live = [cell("概览", f"{letter}{row}") * 10_000 for row in (11, 12, 13)]
        assert live == pytest.approx([*worth, worth[0] / (1 + rate) + worth[1]], abs=0.01)


def test_where_bundles_give_each_other_nothing_the_sheets_are_silent_of_it(book):
    assert openpyxl.load_workbook(book)["汇总"].max_column == 19
    assert "由他包补入" not in Sheets(book).rows("P1")


def test_what_no_price_tells_is_kept_beside_the_formulas(tmp_path):
    item = bundle("P1", [LOT])
    lines = item.lines.assign(
        other_income_cny=np.where(item.lines["year"] == 2, 7_000.0, 0.0),
        revenue_cny=item.lines["revenue_cny"] * 1.1,
        tax_cny=item.lines["tax_cny"] + 11.0,
    )
    path = tmp_path / "b.xlsx"
    write_balance(path, [Balance("P1", "甲", item.members, lines, item.basis, kept_of(lines))], MODEL, REAL)
    sheets = Sheets(path)
    cell, rows, found = sheets.calculated(), sheets.rows("P1"), account(lines, MODEL)
    told = [cell("账目", f"{chr(ord('C') + year)}{rows['净额']}") for year in found.by_year.index]
    assert told == pytest.approx(found.by_year["net_cny"].tolist(), abs=0.01)


def test_a_run_without_a_basis_gives_numbers_to_change(tmp_path):
    item, path = bundle("P1", [LOT]), tmp_path / "b.xlsx"
    write_balance(path, [replace(item, basis=None)], MODEL, REAL)
    sheets = Sheets(path)
    assert sheets.calculated()("汇总", "L4") * 10_000 == pytest.approx(account(item.lines, MODEL).npv_cny, abs=0.01)


def test_a_number_that_is_not_is_a_dash_and_a_nought_is_a_nought(book, sheets):
    people, cell = openpyxl.load_workbook(book)["成员"], sheets.calculated()
    homes = [cell("成员", f"E{row}") for row in range(4, 11)]
    assert homes == [0, 0, 0, 0, 100, "—", 100]  # four assets, a community, a service, a community
    service = [people.cell(9, column).value for column in range(5, 22)]
    assert service == ["—"] * 17
    assert "逐年金额见“账目”" in people["A2"].value
    for sheet in ("成员", "计量"):
        table = openpyxl.load_workbook(book)[sheet].iter_rows(min_row=4)
        assert not [told.coordinate for row in table for told in row if told.value is None], sheet


def test_households_that_are_counted_anew_are_told_and_priced_so(sheets):
    counted = openpyxl.load_workbook(sheets.path)["计量"]
    row = next(row for row in range(4, 20) if counted.cell(row, 4).value == "户 household")
    found = sheets._model.calculate(inputs={sheets.key("计量", f"E{row}"): 80.0})
    told = [found[sheets.key("概览", f"{letter}11")].value[0, 0] for letter in "GHI"]
    assert told == [100, 80, -20]
    assert found[sheets.key("概览", "L11")].value[0, 0] < 0  # fewer homes take less public money


def test_losses_are_carried_as_in_the_account():
    item = bundles()[0]
    house = item.lines[item.lines["member"] == "o2"].set_index("year")
    assert house.loc[1, ["revenue_cny", "tax_cny"]].tolist() == [0, 0]
    assert 0 < house.loc[2, "tax_cny"] < house.loc[3, "tax_cny"] < house.loc[4, "tax_cny"] == house.loc[5, "tax_cny"]


def test_texts_are_never_formulas_and_prices_are_never_texts(book):
    cells = openpyxl.load_workbook(book)
    assert cells.sheetnames == ["概览", "汇总", "参数", "成员", "计量", "账目", "说明"]
    assert cells["成员"]["C4"].value == "'=1+1"
    assert "'=OSM © contributors" in [row[0].value for row in cells["说明"].iter_rows()]
    rows = cells["账目"].iter_rows(min_row=4, min_col=3)
    account_cells = [cell for row in rows for cell in row if cell.value is not None]
    assert {cell.data_type for cell in account_cells} == {"f", "n"}
    heads = [cell.value for cell in cells["账目"][2][2:]]
    assert len(heads) == 7
    assert all(re.fullmatch(r"第\d+年\nYear \d+", said) for said in heads)
    plain = [cell for cell in account_cells if cell.data_type == "n" and cell.value]
    assert {cell.fill.fgColor.rgb for cell in plain} == {"00FFF2CC"}  # a number is one to change: the service's


def test_parameters_have_unit_source_and_confidence_and_a_yellow_value(book):
    sheet = openpyxl.load_workbook(book)["参数"]
    rows = {row[0].value: row for row in sheet.iter_rows(min_row=4)}
    assert set(CHANGED) <= set(rows)
    for key, row in rows.items():
        item = MODEL[key]
        assert (row[3].value, row[4].value, row[7].value) == (item.value, item.unit, item.cited.zh), key
        assert row[3].fill.fgColor.rgb == "00FFF2CC", key
        assert row[1].value != key, key
        assert row[8].value, key


def test_it_is_ready_for_paper_and_says_that_it_is_a_sample(book, tmp_path):
    cells = openpyxl.load_workbook(book)
    for sheet in cells:
        assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "8")
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.print_title_rows
        heads = [row for row, cell in enumerate(sheet["A"], start=1) if cell.value == "配包\nBundle"]
        last = int(sheet.print_title_rows.split("$")[-1])
        assert all(row <= last for row in heads), sheet.title  # no table under the repeated heads of another
        assert "示例数据" in sheet["A1"].value
        assert "示例数据" in sheet.oddHeader.center.text  # pages that are taken out tell it too
        assert "20260102-030405" in sheet.oddFooter.left.text
    breaks = [cells["账目"].cell(item.id + 1, 1).value for item in cells["账目"].row_breaks.brk]
    assert breaks == ["P2 P2片区"]  # a bundle begins on a page of its own
    assert cells["账目"].print_title_rows == "$1:$2"
    assert "20260102-030405" in cells["概览"]["A3"].value
    assert MODEL.sha256[:12] in cells["概览"]["A3"].value
    real = tmp_path / "real.xlsx"
    write_balance(real, bundles(), MODEL, REAL)
    real_sheets = openpyxl.load_workbook(real).worksheets
    said = [cell.value for sheet in real_sheets for row in sheet.iter_rows() for cell in row]
    said += [sheet.oddHeader.center.text for sheet in real_sheets]
    assert not [text for text in said if "示例数据" in str(text)]


@pytest.mark.parametrize("action", sorted(RECIPES))
@pytest.mark.parametrize("terms", [None, "site_rent", *RENT_TERMS])
def test_the_formulas_of_every_recipe_are_its_amounts(action, terms):
    prices = Prices("参数", 4, "D")
    units = unit_formulas(MODEL, action, terms, Formula("rent"))
    expected = (unit_economics(MODEL, action, rent_terms=terms, shop_rent_cny_m2_month=33.0), *beside(MODEL, action))
    assert len(units) == len(expected)
    for unit, told in zip(units, expected, strict=True):
        assert unit.unit == told.unit
        capex, revenue, share, fixed, rent = (
            _value(prices.resolved(written(amount)), prices)
            for amount in (unit.capex, unit.revenue, unit.opex_share, unit.opex_fixed, unit.rent)
        )
        opex = fixed + (share * revenue if share else 0.0)
        found = (capex, revenue, opex, rent)
        amounts = (told.capex_cny, told.revenue_cny_year, told.opex_cny_year, told.rent_cny_year)
        assert found == pytest.approx(amounts, nan_ok=True)


def _value(said, prices):
    for key, row in sorted(prices.rows(), key=lambda item: -item[1]):
        said = said.replace(f"'参数'!$D${row}", repr(MODEL.value(key)))
    return eval(said, {"rent": 33.0, "nan": np.nan})  # noqa: S307  (the text is made by the code under test)
