/** Cash flow by year: bars for the net, a line for the cumulative sum, and the same numbers as a table. */

import * as format from "../format.ts";
import * as state from "../state.ts";
import { t } from "../state.ts";
import { ticks } from "../ticks.ts";
import type { CashYear } from "../types.ts";

const WIDTH = 400;
const HEIGHT = 132;
const LEFT = 58;
const BOTTOM = 18;

/** `counted` is the share of the income that may repay: the flow shows that part alone. */
export function CashFlow({ years, counted }: { years: readonly CashYear[]; counted: number | null }) {
  if (years.length === 0) return null;
  return (
    <section class="card-part cashflow">
      <h3>{t(counted === null || counted === 1 ? "cashflowWhole" : "cashflow")}</h3>
      <Chart years={years} />
      <details>
        <summary>{t("cashflowTable")}</summary>
        <Table years={years} />
      </details>
    </section>
  );
}

interface Drawn {
  readonly years: readonly Pick<CashYear, "year" | "net_cny" | "cumulative_cny">[];
  readonly width?: number;
  /** How deep the cash may run: with it the deepest year is marked. */
  readonly limit?: number | null;
}

/** A limit is drawn where it is no deeper than so many times the deepest year: else it would flatten all else. */
const NEAR = 2.5;

export function Chart({ years, width = WIDTH, limit }: Drawn) {
  const lang = state.lang.value;
  const values = years.flatMap((year) => [year.net_cny, year.cumulative_cny]);
  const deepest = lowest(years);
  const isNear = typeof limit === "number" && deepest !== null && limit <= -NEAR * deepest.cumulative_cny;
  const drawn = isNear ? -limit : 0;
  const [low, high] = [Math.min(0, drawn, ...values), Math.max(0, ...values)];
  const y = (cny: number) => 6 + ((high - cny) / (high - low || 1)) * (HEIGHT - BOTTOM - 12);
  const slot = (width - LEFT - 4) / years.length;
  const x = (index: number) => LEFT + (index + 0.5) * slot;
  const line = years
    .map((year, index) => `${index === 0 ? "M" : "L"}${x(index)} ${y(year.cumulative_cny)}`)
    .join("");
  const every = Math.ceil(years.length / 8);
  return (
    <>
      <svg class="cash-chart" viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={t("cashflowLabel")}>
        {ticks(low, high).map((tick) => (
          <g key={tick}>
            <line class={tick === 0 ? "zero" : "grid"} x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} />
            <text x={LEFT - 6} y={y(tick) + 3.5} text-anchor="end">
              {format.money(tick, lang).replace("CNY ", "")}
            </text>
          </g>
        ))}
        {years.map((year, index) => (
          <g key={year.year}>
            <rect
              class={year.net_cny < 0 ? "out" : "in"}
              x={x(index) - slot * 0.32}
              width={slot * 0.64}
              y={y(Math.max(0, year.net_cny))}
              height={Math.max(0.5, Math.abs(y(year.net_cny) - y(0)))}
            />
            {index % every === 0 && (
              <text x={x(index)} y={HEIGHT - 4} text-anchor="middle">
                {year.year}
              </text>
            )}
          </g>
        ))}
        {isNear && <line class="limit" x1={LEFT} x2={width} y1={y(drawn)} y2={y(drawn)} />}
        <path class="cumulative" d={line} />
        {limit !== undefined && deepest && (
          <circle class="deepest" cx={x(years.indexOf(deepest))} cy={y(deepest.cumulative_cny)} r="3.5" />
        )}
      </svg>
      <p class="chart-key quiet">
        <span class="key-net" aria-hidden="true" /> {t("annualNet")}{" "}
        <span class="key-line" aria-hidden="true" /> {t("cumulative")}
      </p>
      {limit !== undefined && deepest && (
        <p class="chart-key quiet">
          <span class="key-deepest" aria-hidden="true" />{" "}
          {t("deepestYear", { money: format.money(-deepest.cumulative_cny, lang), year: deepest.year })}
        </p>
      )}
      {typeof limit === "number" && (
        <p class="chart-key quiet">
          {isNear && <span class="key-limit" aria-hidden="true" />}{" "}
          {t(isNear ? "capitalLimit" : "capitalLimitFar", { money: format.money(limit, lang) })}
        </p>
      )}
    </>
  );
}

/** The year in which the sum is deepest below zero; null where it never is. */
function lowest<Y extends Pick<CashYear, "cumulative_cny">>(years: readonly Y[]): Y | null {
  const least = Math.min(...years.map((year) => year.cumulative_cny));
  return least < 0 ? (years.find((year) => year.cumulative_cny === least) ?? null) : null;
}

/** Columns that stand in every account; the others only where one has something to say. */
function isAlways(title: string): boolean {
  return ["capex", "repaying", "opex", "annualNet", "cumulative"].includes(title);
}

function Table({ years }: { years: readonly CashYear[] }) {
  const lang = state.lang.value;
  const columns = [
    ["capex", "capex_cny"],
    ["repaying", "revenue_cny"],
    ["otherIncome", "other_income_cny"],
    ["opex", "opex_cny"],
    ["landRent", "land_rent_cny"],
    ["tax", "tax_cny"],
    ["reinstatement", "reinstatement_cny"],
    ["annualNet", "net_cny"],
    ["cumulative", "cumulative_cny"],
  ] as const;
  const told = columns.filter(([title, column]) => isAlways(title) || years.some((year) => year[column]));
  return (
    <table class="figures">
      <thead>
        <tr>
          <th scope="col">{t("year")}</th>
          {told.map(([title]) => (
            <th scope="col" key={title}>
              {t(title)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {years.map((year) => (
          <tr key={year.year}>
            <th scope="row">{year.year}</th>
            {told.map(([title, column]) => (
              <td key={title}>{format.number(year[column], lang)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
