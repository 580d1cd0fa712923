/** What a click on a ledger's record shows: its kind, its name and its coded columns. Text only, never HTML. */

import { h, render } from "preact";
import * as format from "./format.ts";
import { titled } from "./i18n.ts";
import * as state from "./state.ts";
import { kindSymbol } from "./symbols.ts";
import type { FieldInfo, Lang, Scalar } from "./types.ts";
import { BundleAccount } from "./ui/bundle.tsx";

const HIDDEN = new Set(["name", "asset_id", "opportunity_id", "subdistrict_code", "is_sample", "position"]);

/** What the popup of a decision says, in this order; of other kinds it says what the schema has. */
const TOLD: Readonly<Record<string, readonly string[]>> = {
  bundle: [
    ...[
      "community_count",
      "household_count",
      "elder_count",
      "benefit",
      "capex_cny",
      "funding_enterprise_cny",
    ],
    ...["funding_state_cny", "funding_owner_cny", "funding_residents_cny", "npv_cny", "balance_probability"],
    ...[
      "deepest_deficit_cny",
      "deepest_year",
      "start_year",
      "transfer_in_cny",
      "transfer_out_cny",
      "public_holds",
    ],
    ...["sensitive_to", "note", "plan_bound"],
  ],
  bundle_member: [
    ...[
      "role",
      "bundle_number",
      "action",
      "lacks",
      "reason",
      "least_subsidy_cny",
      "npv_cny",
      "paid_cny",
      "capex_cny",
    ],
    ...["operator_capex_cny", "public_cny", "household_count", "elder_count", "benefit"],
  ],
  route: [
    ...[
      "stop_order",
      "arrive_clock",
      "leave_clock",
      "arrive_minutes",
      "walk_minutes",
      "walk_m",
      "wait_minutes",
    ],
    ...["stay_minutes", "stop_count", "visit", "story", "way", "value", "value_bound", "is_proven", "note"],
  ],
  site_choice: [
    ...["site_order", "action", "gain", "gain_of", "reason", "room_units", "served_units", "communities"],
    ...["people_served", "walk_m", "capex_cny", "permission", "is_temporary", "is_decided", "mode"],
    ...["choice_value", "choice_bound", "choice_gap"],
  ],
};
/** A gap that is none but for the arithmetic of the solver. */
const SURE = 1e-6;
/** Nothing of these says nothing. */
const QUIET = new Set([
  ...["paid_cny", "wait_minutes", "transfer_in_cny", "transfer_out_cny", "funding_owner_cny", "start_year"],
  ...["funding_residents_cny", "funding_state_cny", "operator_capex_cny", "public_cny", "household_count"],
  ...["elder_count", "benefit"],
]);

function element(tag: string, className: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function isShare({ name, unit }: FieldInfo): boolean {
  return name.endsWith("_share") || unit === "fraction";
}

/** A value as a reader expects it: a code by its title, a number with its unit. */
export function shownValue(field: FieldInfo, value: Scalar | undefined): string {
  const lang = state.lang.value;
  if (value === null || value === undefined || value === "") return format.NONE;
  if (field.codes) return titled(field.codes[String(value)], lang, String(value));
  if (typeof value === "boolean" || field.dtype === "bool")
    return state.t(value === true || value === "true" ? "yes" : "no");
  if (field.name.endsWith("_cny")) return format.money(Number(value), lang);
  if (isShare(field)) return format.percent(Number(value), lang);
  if (field.name.endsWith("_year") && field.unit === "year") return String(value);
  if (field.dtype === "date" || field.dtype === "datetime") return format.day(String(value), lang);
  if (typeof value === "number")
    return `${format.figure(value, lang)} ${format.unit(field.unit, lang)}`.trim();
  return String(value);
}

/** Whether a text is the twin, in the language that is not read, of a text that is there (`reason` and `reason_en`). */
function isOtherTongue(name: string, properties: Readonly<Record<string, Scalar>>, lang: Lang): boolean {
  if (lang === "en") return (properties[`${name}_en`] ?? "") !== "";
  return name.endsWith("_en") && (properties[name.slice(0, -"_en".length)] ?? "") !== "";
}

function fieldsOf(kind: string, lang: Lang): FieldInfo[] {
  const fields = state.schema.value.kinds[kind]?.fields ?? [];
  const told = TOLD[kind];
  if (!told) return [...fields];
  const named = (name: string) =>
    (lang === "en" && fields.find((field) => field.name === `${name}_en`)) ||
    fields.find((field) => field.name === name);
  return told.map(named).filter((field) => field !== undefined);
}

/** The known columns of a record, as pairs of title and value. */
export function shownFields(kind: string, properties: Readonly<Record<string, Scalar>>): [string, string][] {
  const lang = state.lang.value;
  return fieldsOf(kind, lang)
    .filter((field) => !HIDDEN.has(field.name) && (properties[field.name] ?? "") !== "")
    .filter((field) => !isOtherTongue(field.name, properties, lang))
    .filter((field) => !(kind in TOLD && QUIET.has(field.name) && properties[field.name] === 0))
    .map((field) => [
      titled(field, lang),
      boundOf(field, properties) ?? shownValue(field, properties[field.name]),
    ]);
}

/** How good the whole decision is that a record is part of, in words; null of all columns but its bound. */
function boundOf(field: FieldInfo, properties: Readonly<Record<string, Scalar>>): string | null {
  const gap = properties.plan_gap;
  if (field.name !== "plan_bound" || typeof gap !== "number") return null;
  const lang = state.lang.value;
  const bound = shownValue(field, properties.plan_bound);
  const told =
    gap <= SURE
      ? state.t("provenBest", { bound })
      : state.t("withinBest", { bound, gap: format.percent(gap, lang) });
  return properties.plan_is_cut === true
    ? `${told}${lang === "zh" ? "；" : ". "}${state.t("searchCut")}`
    : told;
}

/** The record's name; of one that has none, what it is and where. */
export function nameOf(kind: string, properties: Readonly<Record<string, Scalar>>): string {
  const { name, subdistrict_code: code } = properties;
  const own = (state.lang.value === "en" && properties.name_en) || name;
  if (own) return String(own);
  const place = code ? state.subdistrictName(String(code)) : "";
  return [state.unnamed(kind === "need" ? "community" : kind), place].filter(Boolean).join(" · ");
}

export function popupContent(kind: string, properties: Readonly<Record<string, Scalar>>): HTMLElement {
  const box = element("div", "popup", "");
  box.append(element("p", "popup-kind", titled(state.schema.value.kinds[kind], state.lang.value, kind)));
  if (properties.asset_id || properties.name)
    box.append(element("p", "popup-name", nameOf(kind, properties)));
  const list = document.createElement("dl");
  for (const [title, value] of shownFields(kind, properties)) {
    list.append(element("dt", "", title), element("dd", "", value));
  }
  if (list.childElementCount > 0) box.append(list);
  if (kind in TOLD && properties.is_sample === true)
    box.append(element("p", "popup-kind", state.t("sample")));
  return box;
}

/** The account of a bundle by year, and what it rests on, above the figures of its popup. */
export function appendAccount(
  box: HTMLElement,
  bundle: Readonly<Record<string, Scalar>>,
  years: readonly GeoJSON.Feature[],
): void {
  const host = document.createElement("div");
  render(h(BundleAccount, { bundle, years: years.map(({ properties }) => properties ?? {}) }), host);
  box.insertBefore(host, box.querySelector("dl"));
}

/** The members of a bundle under its popup: the sign of the role, the name, why it is in. */
export function appendMembers(box: HTMLElement, bundle: Scalar, members: readonly GeoJSON.Feature[]): void {
  const list = document.createElement("ul");
  list.className = "popup-members";
  for (const { properties } of members.filter((member) => member.properties?.bundle_id === bundle)) {
    const item = document.createElement("li");
    const told = properties ?? {};
    const mark = kindSymbol("bundle_member").marks?.[String(told.role)];
    const sign = element("span", "legend-dot", mark?.sign ?? "");
    sign.style.backgroundColor = mark?.colour ?? "";
    const reason = (state.lang.value === "en" && told.reason_en) || told.reason;
    item.append(sign, element("b", "", nameOf(String(told.asset_kind), told)), ` ${reason ?? ""}`);
    list.append(item);
  }
  if (list.childElementCount > 0) box.append(list);
}
