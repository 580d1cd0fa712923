/** What a click on a ledger's record shows: its kind, its name and its coded columns. Text only, never HTML. */

import * as format from "./format.ts";
import { titled } from "./i18n.ts";
import * as state from "./state.ts";
import type { FieldInfo, Lang, Scalar } from "./types.ts";

const HIDDEN = new Set(["name", "asset_id", "opportunity_id", "subdistrict_code", "is_sample", "position"]);

function element(tag: string, className: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** A value as a reader expects it: a code by its title, a number with its unit. */
export function shownValue(field: FieldInfo, value: Scalar | undefined): string {
  const lang = state.lang.value;
  if (value === null || value === undefined || value === "") return format.NONE;
  if (field.codes) return titled(field.codes[String(value)], lang, String(value));
  if (typeof value === "boolean" || field.dtype === "bool")
    return state.t(value === true || value === "true" ? "yes" : "no");
  if (field.name.endsWith("_cny")) return format.money(Number(value), lang);
  if (field.name.endsWith("_share")) return format.percent(Number(value), lang);
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

/** The known columns of a record, as pairs of title and value. */
export function shownFields(kind: string, properties: Readonly<Record<string, Scalar>>): [string, string][] {
  const lang = state.lang.value;
  const fields = state.schema.value.kinds[kind]?.fields ?? [];
  return fields
    .filter((field) => !HIDDEN.has(field.name) && (properties[field.name] ?? "") !== "")
    .filter((field) => !isOtherTongue(field.name, properties, lang))
    .map((field) => [titled(field, lang), shownValue(field, properties[field.name])]);
}

/** The record's name; of one that has none, what it is and where. */
function nameOf(kind: string, { name, subdistrict_code: code }: Readonly<Record<string, Scalar>>): string {
  if (name) return String(name);
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
  return box;
}
