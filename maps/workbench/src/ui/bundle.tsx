/** What the popup of a bundle shows beside its figures: the account by year, and what the plan rests on. */

import * as bundles from "../bundles.ts";
import * as format from "../format.ts";
import { titled } from "../i18n.ts";
import * as state from "../state.ts";
import { t } from "../state.ts";
import type { Assumption, Scalar } from "../types.ts";
import { Chart } from "./cashflow.tsx";

const POPUP_WIDTH = 290;

type Properties = Readonly<Record<string, Scalar>>;

export function BundleAccount({ bundle, years }: { bundle: Properties; years: readonly Properties[] }) {
  const told = bundles.accountOf(String(bundle.bundle_id), years);
  const limit = bundle.working_capital_cny;
  return (
    <div class="popup-account">
      {told.length > 0 && (
        <>
          <p class="popup-part">{t("accountByYear")}</p>
          <Chart years={told} width={POPUP_WIDTH} limit={typeof limit === "number" ? limit : null} />
          <details>
            <summary>{t("accountTable")}</summary>
            <Years years={told} />
          </details>
        </>
      )}
      <Rests assumptions={state.workspace.value?.run?.assumptions ?? []} />
    </div>
  );
}

/** The same figures, with what other bundles give and take where there is any; their sums under them. */
function Years({ years }: { years: readonly bundles.BundleYear[] }) {
  const lang = state.lang.value;
  const amount = (cny: number) =>
    lang === "zh" ? format.number(cny / 1e4, lang, 1) : format.number(cny / 1e3, lang);
  const shares = years.some((year) => year.taken_cny > 1 || year.given_cny > 1);
  const columns = [
    ["annualNet", "own_cny"],
    ...(shares
      ? ([
          ["transferIn", "taken_cny"],
          ["transferOut", "given_cny"],
        ] as const)
      : []),
    ["cumulative", "cumulative_cny"],
    ["discountedNet", "discounted_cny"],
  ] as const;
  const sum = (column: (typeof columns)[number][1]) =>
    column === "cumulative_cny"
      ? ""
      : format.number(
          years.reduce((all, year) => all + year[column], 0),
          lang,
        );
  return (
    <table class="figures">
      <thead>
        <tr>
          <th scope="col">{t("year")}</th>
          {columns.map(([title]) => (
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
            {columns.map(([title, column]) => (
              <td key={title}>{amount(year[column])}</td>
            ))}
          </tr>
        ))}
        <tr>
          <th scope="row">Σ</th>
          {columns.map(([title, column]) => (
            <td key={title}>{sum(column)}</td>
          ))}
        </tr>
      </tbody>
    </table>
  );
}

function Rests({ assumptions }: { assumptions: readonly Assumption[] }) {
  const lang = state.lang.value;
  if (assumptions.length === 0) return null;
  const open = assumptions.filter((item) => item.is_assumption).length;
  return (
    <details class="parameters">
      <summary>{t("restsOn", { n: assumptions.length, open })}</summary>
      <ul>
        {assumptions.map((item) => (
          <li key={item.key}>
            <p>
              {titled(item, lang)} <strong>{titled(item.shown, lang)}</strong>{" "}
              {item.is_assumption && <span class="badge assumption">{t("assumption")}</span>}
            </p>
            <p class="quiet">
              {[format.source(titled(item.source, lang)).text, confidence(item.confidence)]
                .filter(Boolean)
                .join(" · ")}
            </p>
          </li>
        ))}
      </ul>
    </details>
  );
}

function confidence(level: string): string {
  return (
    level && `${t("confidence")} ${titled(state.coded("opportunity", "confidence", level), state.lang.value)}`
  );
}
