/** Why a site ranks where it does: parts that sum to the score, as a bar and as a table with the same numbers. */

import * as format from "../format.ts";
import { titled } from "../i18n.ts";
import { standing } from "../money.ts";
import { MIDPOINT } from "../rank.ts";
import * as state from "../state.ts";
import { t } from "../state.ts";
import { partColour } from "../symbols.ts";
import type { Contribution, Detail, Scalar } from "../types.ts";
import { stallsLet } from "./facts.tsx";

const WIDTH = 400;

export function Contributions({ detail }: { detail: Detail }) {
  const parts = detail.contributions;
  if (parts.length === 0) return null;
  const lang = state.lang.value;
  const sum = parts.reduce((total, part) => total + part.contribution, 0);
  const { score_low: low, score_high: high } = detail.properties;
  return (
    <section class="card-part">
      <h3>{t("why")}</h3>
      <Bar parts={parts} low={low} high={high} />
      <table class="figures contributions">
        <thead>
          <tr>
            <th scope="col">{t("criterion")}</th>
            <th scope="col">{t("raw")}</th>
            <th scope="col">{t("value")}</th>
            <th scope="col">{t("weight")}</th>
            <th scope="col">{t("contribution")}</th>
          </tr>
        </thead>
        <tbody>
          {parts.map((part, index) => (
            <tr key={part.key} data-key={part.key} class={part.missing ? "missing" : ""}>
              <th scope="row" title={part.source}>
                <svg class="part-key" width="10" height="10" aria-hidden="true">
                  <rect
                    width="10"
                    height="10"
                    rx="2"
                    fill={part.missing ? "url(#hatch)" : partColour(index)}
                  />
                </svg>
                {titled(part, lang, part.key)}
              </th>
              <td title={part.unit}>
                {part.raw === null
                  ? t("missing")
                  : `${format.figure(part.raw, lang)} ${format.unit(part.unit, lang)}${scale(part)}`}
                {part.key === "night_gap_closed" && stallsLet(detail.properties) && (
                  <span class="quiet"> {t("ofTheseLet", { n: stallsLet(detail.properties) })}</span>
                )}
              </td>
              <td>{format.number(counted(part), lang, 2)}</td>
              <td>{format.percent(part.weight, lang)}</td>
              <td class="contribution">{format.score(part.contribution)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={4}>
              {t("total")}
            </th>
            <td class="score">{format.score(sum)}</td>
          </tr>
        </tfoot>
      </table>
      <DespiteMoney detail={detail} />
      {parts.some((part) => part.missing) && (
        <p class="quiet">
          {[
            t("missingNote", { low: format.score(num(low)), high: format.score(num(high)) }),
            rentNote(detail),
          ].join(lang === "zh" ? "" : " ")}
        </p>
      )}
    </section>
  );
}

/** What a criterion counts: its value; where data is missing, the middle of what it may be. */
function counted(part: Contribution): number {
  return part.value ?? (part.weight > 0 ? part.contribution / part.weight : MIDPOINT);
}

/** Where the value of a criterion is full, for a unit that does not tell how much is much. */
function scale(part: Contribution): string {
  const valued = state.model.value?.criteria.find((item) => item.key === part.key)?.function;
  const full = format.fullAt(part.unit, valued);
  return full === null ? "" : t("fullAt", { n: format.figure(full, state.lang.value) });
}

/** Why a return that is not known for want of a land rent counts less than the middle: without rent it loses already. */
function rentNote({ contributions, properties }: Detail): string {
  const part = contributions.find((item) => item.key === "return_per_cny");
  const unrented = num(properties.npv_unrented_cny);
  if (!part?.missing || unrented === null || counted(part) >= MIDPOINT) return "";
  const lang = state.lang.value;
  return t("rentNote", {
    name: titled(part, lang, part.key),
    npv: format.money(unrented, lang),
    value: format.number(counted(part), lang, 2),
  });
}

/** One sentence for a ranked site whose account does not pay: what carried it nevertheless. */
function DespiteMoney({ detail }: { detail: Detail }) {
  const told = standing(num(detail.properties.npv_cny), detail.contributions);
  if (!told || num(detail.properties.rank) === null) return null;
  const lang = state.lang.value;
  const best = told.best.map((part) => `${titled(part, lang, part.key)} ${format.score(part.contribution)}`);
  return (
    <p class="despite-money">
      {t(told.moneyShare > 0 ? "negativeNpv" : "negativeNpvUncounted", {
        n: told.count,
        share: format.percent(told.moneyShare, lang),
        best: best.join(lang === "zh" ? "、" : ", "),
      })}
    </p>
  );
}

function num(value: Scalar | undefined): number | null {
  return typeof value === "number" ? value : null;
}

/** The parts end to end on a scale from 0 to 1; a bracket below marks where the score may lie. */
function Bar(props: { parts: readonly Contribution[]; low: Scalar | undefined; high: Scalar | undefined }) {
  const [low, high] = [num(props.low), num(props.high)];
  let from = 0;
  const bars = props.parts.map((part, index) => {
    const x = from * WIDTH;
    from += part.contribution;
    const fill = part.missing ? "url(#hatch)" : partColour(index);
    return <rect key={part.key} x={x} y="0" width={part.contribution * WIDTH} height="16" fill={fill} />;
  });
  return (
    <svg class="parts-bar" viewBox={`0 0 ${WIDTH} 36`} role="img" aria-label={t("partsOf")}>
      <rect class="track" width={WIDTH} height="16" />
      {bars}
      {low !== null && high !== null && high > low && (
        <path class="bracket" d={`M${low * WIDTH} 19v4H${high * WIDTH}v-4`} />
      )}
      {[0, 0.25, 0.5, 0.75, 1].map((tick) => (
        <text
          key={tick}
          x={tick * WIDTH}
          y="35"
          text-anchor={tick === 0 ? "start" : tick === 1 ? "end" : "middle"}
        >
          {tick}
        </text>
      ))}
    </svg>
  );
}
