/** How far a rank can be trusted, and what would move it: odds, a second method, data worth collecting, weights. */

import * as format from "../format.ts";
import * as state from "../state.ts";
import { t } from "../state.ts";
import type { Detail } from "../types.ts";
import { amount, Facts, said } from "./facts.tsx";

type Properties = Detail["properties"];

export function Outlook({ properties }: { properties: Properties }) {
  const rank = amount(properties.rank);
  if (rank === null) return null;
  return (
    <section class="card-part outlook">
      <h3>{t("outlook")}</h3>
      <Facts
        items={[
          ["odds", odds(properties)],
          ["topsis", topsis(properties, rank)],
          ["lift", said(properties, "lift")],
          ["swap", said(properties, "swap")],
          ["dataToCollect", said(properties, "data_to_collect")],
        ]}
      />
    </section>
  );
}

/** How often the site came first, and among the first ten, in draws of weights and data. */
function odds(properties: Properties): string {
  const lang = state.lang.value;
  const [first, top] = [amount(properties.rank1_share), amount(properties.top_share)];
  if (first === null || top === null) return "";
  const shared = amount(properties.band_shared_share);
  const told = t("oddsTold", { first: format.percent(first, lang), top: format.percent(top, lang) });
  return shared ? `${told}${t("oddsShared", { share: format.percent(shared, lang) })}` : told;
}

/** The rank by another method, where it differs: a site that ranks alike by both stands firmer. */
function topsis(properties: Properties, rank: number): string {
  const other = amount(properties.rank_topsis);
  if (other === null) return "";
  return other === rank ? t("topsisSame") : t("topsisOther", { rank: other });
}
