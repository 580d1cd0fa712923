/** Ledgers and results as layers: areas, lines and dots in the colours of their legend. */

import type { DataDrivenPropertyValueSpecification, ExpressionSpecification } from "maplibre-gl";
import { kindSymbol, legend } from "../symbols.ts";
import type { KindInfo } from "../types.ts";
import { BASEMAP } from "./basemap.ts";
import { DECISIONS } from "./decisions.ts";
import { byZoom, fills, inSlot, type Layered, strokes } from "./stack.ts";

/** Colour of a record by its code, from the same legend that the layer list shows. */
function colourOf(kind: string, info: KindInfo | undefined): DataDrivenPropertyValueSpecification<string> {
  const { colour, by, flag, ramp } = kindSymbol(kind);
  if (ramp) {
    const steps = ramp.breaks.flatMap((limit, index) => [limit, ramp.colours[index + 1]]);
    // "step" puts a value on a break into the upper class, the legend says "up to": so a hair is taken off.
    const above = ["step", ["-", ["get", ramp.field], 1e-9], ramp.colours[0], ...steps];
    return ["case", ["has", ramp.field], above, colour] as unknown as ExpressionSpecification;
  }
  const cases = legend(kind, info).flatMap((entry) => [entry.code, entry.colour]);
  if (!(by || flag) || cases.length === 0) return colour;
  return [
    "match",
    ["to-string", ["get", by ?? flag?.field]],
    ...cases,
    colour,
  ] as unknown as ExpressionSpecification;
}

function ledger(kind: string, info: KindInfo | undefined): Layered[] {
  const colour = colourOf(kind, info);
  const { outline, ramp, small } = kindSymbol(kind);
  const area = { "fill-color": colour, "fill-opacity": outline ? 0.07 : ramp ? 0.6 : 0.2 };
  const edge = { "line-color": colour, "line-width": byZoom([12, 0.8], [17, 2.2]), "line-opacity": 0.9 };
  const dot = {
    "circle-color": colour,
    "circle-radius": small ? byZoom([11, 1.2], [14, 2], [17, 5]) : byZoom([11, 2], [14, 3.6], [17, 7]),
    "circle-stroke-color": "#ffffff",
    "circle-stroke-width": small ? 0.4 : 1,
    "circle-opacity": small ? 0.7 : 0.9,
  };
  return [
    inSlot("areas", fills(kind, { id: `${kind}-fill`, paint: area })),
    inSlot(
      "lines",
      strokes(kind, { id: `${kind}-line`, filter: ["!=", ["geometry-type"], "Point"], paint: edge }),
    ),
    inSlot("points", {
      id: `${kind}-dot`,
      type: "circle",
      source: kind,
      filter: ["==", ["geometry-type"], "Point"],
      paint: dot,
    }),
  ];
}

/** Layers of one kind; the source has the name of the kind. */
export function kindLayers(kind: string, info: KindInfo | undefined): Layered[] {
  return BASEMAP[kind]?.() ?? DECISIONS[kind]?.() ?? ledger(kind, info);
}
