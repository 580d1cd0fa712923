/** The stalls laid out on a plot, drawn to scale on the card; paper has no map. */

import * as format from "../format.ts";
import { counted, drawing } from "../plan.ts";
import * as state from "../state.ts";
import { t } from "../state.ts";
import type { Detail } from "../types.ts";

/** The drawing is no higher than it is wide, in its own metres. */
const TALLEST = 0.75;

export function Plan({ detail }: { detail: Detail }) {
  const found = drawing(detail.geometry, detail.layout);
  if (!found) return null;
  const lang = state.lang.value;
  const count = counted(detail.properties);
  const figures = count && { n: format.number(count.stalls, lang), each: format.number(count.each, lang, 1) };
  const isRacked = detail.properties.action === "mechanical_parking";
  const width = Math.max(found.width, found.height / TALLEST);
  const left = (found.width - width) / 2;
  const height = found.height + width * 0.07;
  const low = found.height + width * 0.035;
  const type = width * 0.032;
  return (
    <section class="card-part plan">
      <h3>{t("layoutTitle")}</h3>
      <svg
        viewBox={`${left} 0 ${width} ${height}`}
        role="img"
        aria-label={figures ? t("layoutLabel", figures) : t("layoutTitle")}
      >
        <path class="plot" d={found.plot} />
        {found.parts.map(({ part, path }, index) => (
          <path key={index} class={part} d={path} />
        ))}
        <path class="bar" d={`M${left + 1} ${low - type * 0.5}v${type * 0.5}h${found.bar}v${-type * 0.5}`} />
        <text x={left + found.bar + type} y={low} font-size={type}>
          {`${found.bar} m`}
        </text>
        <text x={left + width - type} y={low} font-size={type} text-anchor="end">
          {t("northUp")}
        </text>
      </svg>
      <p class="chart-key quiet">
        {(["stall", "aisle", "entrance"] as const).map((part) => (
          <span key={part}>
            <span class={`key-part ${part}`} aria-hidden="true" /> {t(`part_${part}`)}
            {part === "stall" && figures && ` ${t("layoutFigures", figures)}`}{" "}
          </span>
        ))}
      </p>
      {isRacked && <p class="quiet small">{t("layoutRacks")}</p>}
      <p class="quiet small">{t("layoutNote")}</p>
    </section>
  );
}
