/** The card's account in figures: what it costs and brings in, how sure that is, who pays, whose income it is. */

import * as format from "../format.ts";
import { titled } from "../i18n.ts";
import * as state from "../state.ts";
import { t } from "../state.ts";
import type { Detail } from "../types.ts";
import { amount, Facts, Figures, said, text } from "./facts.tsx";

type Properties = Detail["properties"];

const FUNDERS = ["state", "owner", "enterprise", "residents"] as const;
const RATES_PERCENT = [4, 8] as const;
const COSTS = ["opex", "land_rent", "tax"] as const;
const COST_TITLES = { opex: "opex", land_rent: "landRent", tax: "tax" } as const;
const USES_PERCENT = [3, 6, 10] as const;
const MODES = ["self_run", "share", "site_rent"] as const;

export function Money({ detail }: { detail: Detail }) {
  const { properties } = detail;
  const lang = state.lang.value;
  const cny = (name: string) => format.money(amount(properties[name]), lang);
  const share = (name: string) => format.percent(amount(properties[name]), lang);
  const owner = text(properties.income_owner);
  const funded = funding(properties);
  return (
    <section class="card-part">
      <h3>{t("moneyTitle")}</h3>
      <Figures
        items={[
          ["capex", cny("capex_cny")],
          ["npv", cny("npv_cny"), [atRate(detail), mayLose(properties)].filter(Boolean).join(" · ")],
          ["paysBack", share("pays_back_probability")],
          ["payback", payback(properties), discounted(properties)],
          ["irr", share("irr")],
          [
            "breakEven",
            breakEven(properties),
            text(properties[lang === "zh" ? "breakeven_of" : "breakeven_of_en"]),
          ],
          ["revenue", cny("revenue_cny_year")],
          ["net", cny("net_cny_year")],
          ["horizon", years(properties, "horizon_years")],
        ]}
      />
      <Facts
        items={[
          ["npvUnrented", known(cny("npv_unrented_cny"))],
          ["npvLikely", likely(cny("npv_p10_cny"), cny("npv_p50_cny"), cny("npv_p90_cny"))],
          ["npvEnds", between(cny("npv_low_cny"), cny("npv_high_cny"))],
          ["npvByRate", byRate(properties)],
          ["funding", funded && <Funding key="funding" told={funded} properties={properties} />],
          ["chargingModes", chargingModes(properties)],
          ["chargingUses", chargingUses(properties)],
          ["incomeOwner", owner && titled(state.coded("opportunity", "income_owner", owner), lang)],
          ["pledgeable", known(format.rate(amount(properties.pledgeable_share), lang))],
          ["yearlyCosts", yearlyCosts(properties)],
          ["horizonReason", said(properties, "horizon_reason")],
          ["fits", isJudged(properties) && <Fits key="fits" properties={properties} />],
          ["accountNote", said(properties, "account_note")],
        ]}
      />
    </section>
  );
}

/** The use at which the account breaks even; beyond full use, or the whole of the income, it does not. */
function breakEven(properties: Properties): string {
  const found = amount(properties.breakeven_utilisation);
  if (found === null) return "";
  return found > 1 ? t("neverBreaksEven") : format.percent(found, state.lang.value);
}

/** At what rate the account is discounted. */
function atRate({ parameters }: Detail): string {
  const rate = parameters.find((item) => item.key === "fin.discount_rate.project")?.value;
  return typeof rate === "number" ? t("atRate", { rate: format.rate(rate, state.lang.value) }) : "";
}

/** That an account which pays as computed is likely enough to lose, with the middle of the draws. */
function mayLose(properties: Properties): string {
  const [npv, low] = [amount(properties.npv_cny), amount(properties.npv_p10_cny)];
  if (npv === null || npv < 0 || low === null || low >= 0) return "";
  const shown = (name: string) => format.money(amount(properties[name]), state.lang.value);
  return t("mayLose", { low: shown("npv_p10_cny"), middle: shown("npv_p50_cny") });
}

/** That it pays back in its term; where a loss is likely enough, in how many of the draws it does. */
function Fits({ properties }: { properties: Properties }) {
  const share = format.percent(amount(properties.pays_back_probability), state.lang.value);
  return (
    <>
      {said(properties, "fits_reason")}{" "}
      {mayLose(properties) && share !== format.NONE && t("fitsIn", { share })}
    </>
  );
}

function known(shown: string): string {
  return shown === format.NONE ? "" : shown;
}

/** What of a full year's income goes out again; what is nothing is left out. */
function yearlyCosts(properties: Properties): string {
  return COSTS.map((name) => [name, amount(properties[`${name}_cny_year`])] as const)
    .filter(([, cny]) => cny !== null && cny > 0)
    .map(([name, cny]) => `${t(COST_TITLES[name])} ${format.money(cny, state.lang.value)}`)
    .join(" · ");
}

/** Where four fifths of the draws lie, with the middle one. */
function likely(low: string, middle: string, high: string): string {
  const range = between(low, high);
  return range && `${range} (${t("median", { value: middle })})`;
}

/** A range both of whose ends are known. */
function between(low: string, high: string): string {
  return low === format.NONE || high === format.NONE ? "" : format.range(low, high);
}

function years(properties: Properties, name: string): string {
  const found = amount(properties[name]);
  return found === null ? "" : t("years", { n: format.number(found, state.lang.value, 1) });
}

/** When it pays back; where it does not, the list's word for why. */
function payback(properties: Properties): string {
  const told = years(properties, "payback_years");
  const isKnown = amount(properties.npv_cny) !== null && (amount(properties.capex_cny) ?? 0) > 0;
  if (told || !isKnown) return told;
  if (isUncounted(properties) && properties.fits_horizon !== false) return t("flaw_uncounted");
  return t(amount(properties.horizon_years) === null ? "neverUsual" : "never");
}

/** Whether there is income, none of which may repay the investment. */
function isUncounted(properties: Properties): boolean {
  return amount(properties.pledgeable_share) === 0 && amount(properties.revenue_cny_year) !== 0;
}

function discounted(properties: Properties): string {
  const found = years(properties, "payback_discounted_years");
  return found && t("discounted", { years: found });
}

/** The same account at the rates between which a district usually chooses. */
function byRate(properties: Properties): string {
  return RATES_PERCENT.map((rate) => [rate, amount(properties[`npv_${rate}pct_cny`])] as const)
    .filter(([, cny]) => cny !== null)
    .map(([rate, cny]) => `${rate}% ${format.money(cny, state.lang.value)}`)
    .join(" · ");
}

/** Who pays for the investment; who pays nothing is left out. */
function funding(properties: Properties): string {
  const paid = FUNDERS.map((name) => [name, amount(properties[`funding_${name}_cny`])] as const);
  return paid
    .filter(([, cny]) => cny !== null && cny > 0)
    .map(([name, cny]) => `${t(`fund_${name}`)} ${format.money(cny, state.lang.value)}`)
    .join(" · ");
}

/** What the piles come to at the uses between which real ones lie. */
function chargingUses(properties: Properties): string {
  if (isUncounted(properties)) return "";
  return USES_PERCENT.map((use) => [use, amount(properties[`npv_use_${use}pct_cny`])] as const)
    .filter(([, cny]) => cny !== null)
    .map(([use, cny]) => `${use}% ${format.money(cny, state.lang.value)}`)
    .join(" · ");
}

/** Who pays, marked where no paper tells it. */
function Funding({ told, properties }: { told: string; properties: Properties }) {
  return (
    <>
      {told}{" "}
      {properties.funding_is_assumed === true && <span class="badge assumption">{t("assumption")}</span>}
    </>
  );
}

/** Whether the reason tells more than the payback does: by when, or that not even all of the income would do. */
function isJudged(properties: Properties): boolean {
  const fits = properties.fits_horizon;
  return fits === true || (fits === false && isUncounted(properties));
}

/** What the site's holder earns by each way of running chargers; nothing where only one can be told. */
function chargingModes(properties: Properties): string {
  const earned = MODES.map((name) => [name, amount(properties[`npv_${name}_cny`])] as const).filter(
    ([, cny]) => cny !== null,
  );
  if (earned.length < 2) return "";
  const told = earned
    .map(([name, cny]) => `${t(`mode_${name}`)} ${format.money(cny, state.lang.value)}`)
    .join(" · ");
  return isUncounted(properties) ? `${told} (${t("flaw_uncounted")})` : told;
}
