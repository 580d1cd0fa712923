/** The card's facts: may it be done, how much of it, what it costs, what else could be done, and on what numbers. */

import type { ComponentChildren } from "preact";
import * as format from "../format.ts";
import { type Key, titled } from "../i18n.ts";
import { shownFields } from "../popup.ts";
import * as state from "../state.ts";
import { t } from "../state.ts";
import type { Detail, Permission, Scalar } from "../types.ts";
import { ActionMark, actionTitle, PermissionSign } from "./signs.tsx";

type Properties = Detail["properties"];

const HAN = /\p{Script=Han}/u;

export function text(value: Scalar | undefined): string {
  return value === null || value === undefined ? "" : String(value).trim();
}

export function amount(value: Scalar | undefined): number | null {
  return typeof value === "number" ? value : null;
}

/** A list of facts; what is empty is left out. */
export function Facts({ items }: { items: readonly (readonly [Key, ComponentChildren])[] }) {
  const told = items.filter(
    ([, value]) => value !== "" && value !== false && value !== null && value !== undefined,
  );
  if (told.length === 0) return null;
  return (
    <dl class="facts">
      {told.map(([key, value]) => (
        <div key={key} data-fact={key}>
          <dt>{t(key)}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What a run wrote, in the reader's language; what an older run wrote only in Chinese is marked as such. */
export function said(properties: Properties, name: string): ComponentChildren {
  const chinese = text(properties[name]);
  if (state.lang.value === "zh") return chinese;
  const english = text(properties[`${name}_en`]) || (HAN.test(chinese) ? "" : chinese);
  if (english || !chinese) return english;
  return (
    <>
      <span lang="zh-CN">{chinese}</span> <ChineseOnly />
    </>
  );
}

/** What a run wrote in pieces, as a list; one piece stands alone. No piece holds the separator (`gis._notes.twins`). */
export function listed(properties: Properties, name: string): ComponentChildren {
  const english = state.lang.value === "en" ? text(properties[`${name}_en`]) : "";
  const pieces = english ? english.split("; ") : text(properties[name]).split("；");
  if (pieces.length < 2) return said(properties, name);
  const isForeign = state.lang.value === "en" && !english && HAN.test(text(properties[name]));
  return (
    <>
      <ul class="pieces" lang={isForeign ? "zh-CN" : undefined}>
        {pieces.map((piece) => (
          <li key={piece}>{piece}</li>
        ))}
      </ul>
      {isForeign && <ChineseOnly />}
    </>
  );
}

function ChineseOnly() {
  return (
    <span class="badge language-mark" title={t("chineseOnlyTitle")}>
      {t("chineseOnly")}
    </span>
  );
}

/** Codes of missing data (`community.vehicle_count`, `parking`, a criterion's key) by their titles. */
function missingTitles(codes: string): string {
  const lang = state.lang.value;
  const titles = codes.split(",").map((code) => {
    const [layer = "", column] = code.trim().split(".");
    const kind = state.schema.value.kinds[layer];
    if (!kind)
      return titled(
        state.model.value?.criteria.find((item) => item.key === layer),
        lang,
        code,
      );
    const field = kind.fields.find((item) => item.name === column);
    return column
      ? `${titled(kind, lang)} · ${titled(field, lang, column === "geometry" ? t("place") : column)}`
      : titled(kind, lang);
  });
  return titles.join(lang === "zh" ? "、" : ", ");
}

/** A document, or the word that there is none but experience. */
function Source({ text: given }: { text: string }) {
  const { text: plain, isAssumption } = format.source(given);
  return (
    <>
      {isAssumption && <span class="badge assumption">{t("assumption")}</span>} {plain}
    </>
  );
}

export function Legal({ properties }: { properties: Properties }) {
  const permission = properties.permission as Permission;
  const source = text(properties.permission_source);
  const isLevelTold = text(properties.decision_level) || text(properties.decision_reason);
  return (
    <section class={`card-part legal ${permission}`}>
      <h3>
        {t("legal")} <PermissionSign permission={permission} />
      </h3>
      <Facts
        items={[
          ["nextStep", listed(properties, "next_step")],
          ["forbiddenUses", listed(properties, "forbidden_uses")],
          ["clausesOpen", listed(properties, "clauses_open")],
          ["authority", listed(properties, "authority")],
          ["level", isLevelTold && <Level key="level" properties={properties} />],
          ["reason", listed(properties, "permission_reason")],
          ["mustAgree", said(properties, "must_agree")],
          ["consent", said(properties, "consent_needed")],
          ["document", source && <Source key="document" text={source} />],
          ["clock", said(properties, "clock")],
          ["lead", said(properties, "lead_dept")],
          [
            "co",
            said({ ...properties, co_depts: text(properties.co_depts).replaceAll(",", "、") }, "co_depts"),
          ],
          ["warnings", listed(properties, "warnings")],
        ]}
      />
    </section>
  );
}

/** At which level it is decided, or that nobody can say, and why. */
function Level({ properties }: { properties: Properties }) {
  const level = text(properties.decision_level);
  const title = titled(state.coded("opportunity", "decision_level", level), state.lang.value);
  return (
    <>
      <strong>{level ? title : t("levelOpen")}</strong> {listed(properties, "decision_reason")}
    </>
  );
}

/** Numbers worth a glance, large; an empty one is left out. */
export function Figures({ items }: { items: readonly (readonly [Key, string, string?])[] }) {
  const told = items.filter(([, value]) => value !== "" && value !== format.NONE);
  return (
    <dl class="glance">
      {told.map(([key, value, range]) => (
        <div key={key} data-fact={key}>
          <dt>{t(key)}</dt>
          <dd>
            {value}
            {range && range !== value && <span class="quiet">{range}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

export function Extent({ properties }: { properties: Properties }) {
  const lang = state.lang.value;
  // An action that makes no stalls has 0 of them: nothing to tell.
  const count = (name: string) =>
    format.counted(
      ["", "_low", "_high"].map((end) => amount(properties[`${name}${end}`])),
      lang,
    );
  const withUnit = (name: string, unit: string) => {
    const held = amount(properties[name]);
    return held === null ? "" : `${format.number(held, lang)} ${format.unit(unit, lang)}`;
  };
  const missing = text(properties.missing);
  return (
    <section class="card-part">
      <h3>{t("what")}</h3>
      <Figures
        items={[
          ["people", withUnit("people_served", "persons")],
          ["stalls", ...count("stalls")],
          ["stallsLet", stallsLet(properties)],
          ["chargers", ...count("chargers")],
          ["area", withUnit("area_m2", "m2")],
          ["frontage", withUnit("frontage_m", "m")],
          ["dayParks", ...count("day_parks")],
          ["power", withUnit("power_kw", "kW")],
        ]}
      />
      <Facts
        items={[
          ["grid", said(properties, "grid")],
          ["missingData", missing && missingTitles(missing)],
        ]}
      />
    </section>
  );
}

/** How many of the stalls find a tenant, where some stand empty: what is built is more than what is let. */
export function stallsLet(properties: Properties): string {
  const [built, let_] = [amount(properties.stalls), amount(properties.stalls_let)];
  return built === null || let_ === null || let_ >= built ? "" : format.number(let_, state.lang.value);
}

export function Alternatives({ detail }: { detail: Detail }) {
  if (detail.alternatives.length === 0) return null;
  return (
    <section class="card-part">
      <h3>{t("alternatives")}</h3>
      <ul class="alternatives">
        {detail.alternatives.map((other) => (
          <li key={other.opportunity_id}>
            <button type="button" onClick={() => state.select(other.opportunity_id)}>
              <ActionMark action={other.action} />
              <span class="names">{actionTitle(other.action)}</span>
              {other.theme !== detail.properties.theme && (
                <span class={`theme-tag ${other.theme}`}>
                  {titled(state.coded("opportunity", "theme", other.theme), state.lang.value)}
                </span>
              )}
              <PermissionSign permission={other.permission} />
              <span class="value">{format.score(other.score)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function AssetRecord({ detail }: { detail: Detail }) {
  const kind = text(detail.properties.asset_kind);
  const fields = detail.asset ? shownFields(kind, detail.asset) : [];
  if (fields.length === 0) return null;
  return (
    <details class="card-part">
      <summary>
        {t("assetTitle")} · {titled(state.schema.value.kinds[kind], state.lang.value, kind)}
      </summary>
      <dl class="facts">
        {fields.map(([title, value]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function parameterValue(value: number | string | null, lang: "zh" | "en"): string {
  return typeof value === "number" ? format.figure(value, lang) : (value ?? format.NONE);
}

export function Parameters({ detail }: { detail: Detail }) {
  const lang = state.lang.value;
  if (detail.parameters.length === 0) return null;
  return (
    <details class="card-part parameters">
      <summary>
        {t("parameters")} ({detail.parameters.length})
      </summary>
      <ul>
        {detail.parameters.map((item) => (
          <li key={item.key}>
            <p>
              <code>{item.key}</code>
              <strong>
                {parameterValue(item.value, lang)} {format.unit(item.unit, lang)}
              </strong>
              {item.low !== null && item.high !== null && (
                <span class="quiet">
                  {parameterValue(item.low, lang)} – {parameterValue(item.high, lang)}
                </span>
              )}
              {item.is_assumption && <span class="badge assumption">{t("assumption")}</span>}
              {item.doubt && <span class="badge assumption">{titled(item.doubt, lang)}</span>}
            </p>
            <p class="quiet">{format.source(item.source).text}</p>
          </li>
        ))}
      </ul>
    </details>
  );
}
