/** Opportunities: the plot, the mark with its action's letter, the rank of the best, and what is pointed at. */

import type { ExpressionSpecification } from "maplibre-gl";
import { ACTION_MARKS, actionMark, LAYOUT_COLOURS, MAP_COLOURS } from "../symbols.ts";
import type { Lang } from "../types.ts";
import { BOLD, fills, inSlot, type Layered, strokes } from "./stack.ts";

/** From here on a plot is larger than its mark. */
const PLOT_ZOOM = 14.5;
const EDGE_ZOOM = 15.5;
/** A stall is three pixels wide here. */
const LAYOUT_ZOOM = 16.5;
/** How many of the best carry their rank on the map. */
export const NUMBERED = 20;

const isTop: ExpressionSpecification = ["<=", ["coalesce", ["get", "rank"], 1e9], NUMBERED];

function actionMatch(pick: (action: string) => string): ExpressionSpecification {
  const cases = Object.keys(ACTION_MARKS).flatMap((action) => [action, pick(action)]);
  return ["match", ["get", "action"], ...cases, pick("")] as unknown as ExpressionSpecification;
}

/** Opportunities: outline of the plot, a mark with the action's letter, the rank beside the best. */
export function opportunityLayers(lang: Lang): Layered[] {
  const colour = actionMatch((action) => actionMark(action).colour);
  const letter = actionMatch((action) => actionMark(action)[lang]);
  const radius: ExpressionSpecification = [
    "interpolate",
    ["linear"],
    ["zoom"],
    11,
    ["case", isTop, 7, 2],
    13,
    ["case", isTop, 9, 3],
    14,
    ["case", isTop, 10, 4.5],
    15,
    ["case", isTop, 11, 9],
    17,
    12,
  ];
  // Always drawn, and each keeps the numbers off its mark: where marks crowd, the best of them keeps its number.
  const letters = {
    "text-field": letter,
    "text-font": BOLD,
    "text-allow-overlap": true,
    "text-padding": 3,
  } as const;
  const white = { "text-color": "#ffffff" };
  return [
    inSlot(
      "footprints",
      fills("footprints", {
        id: "footprint-fill",
        minzoom: PLOT_ZOOM,
        paint: { "fill-color": colour, "fill-opacity": 0.2 },
      }),
    ),
    inSlot(
      "footprints",
      strokes("footprints", {
        id: "footprint-line",
        minzoom: PLOT_ZOOM,
        paint: { "line-color": colour, "line-width": 1.4 },
      }),
    ),
    ...layoutLayers(),
    inSlot("marks", {
      id: "opportunity-mark",
      type: "circle",
      source: "opportunities",
      layout: { "circle-sort-key": ["-", 0, ["coalesce", ["get", "rank"], 1e6]] },
      paint: {
        "circle-color": colour,
        "circle-radius": radius,
        "circle-stroke-color": "#ffffff",
        "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 11, 0.5, 13.5, 0.8, 15, 1.6],
      },
    }),
    // Above the ring of what is selected: its rank must be seen as well.
    inSlot("signs", {
      id: "opportunity-rank",
      type: "symbol",
      source: "opportunities",
      filter: isTop,
      layout: {
        "text-field": ["to-string", ["get", "rank"]],
        "text-font": BOLD,
        "text-size": 12,
        "symbol-sort-key": ["get", "rank"],
        "text-variable-anchor": ["bottom-left", "bottom-right", "top-left", "top-right"],
        "text-radial-offset": 1.1,
        "text-padding": 1,
      },
      paint: { "text-color": MAP_COLOURS.selected, "text-halo-color": "#ffffff", "text-halo-width": 2 },
    }),
    inSlot("signs", {
      id: "opportunity-letter",
      type: "symbol",
      source: "opportunities",
      filter: ["any", isTop, [">=", ["zoom"], 15]],
      layout: { ...letters, "text-size": ["interpolate", ["linear"], ["zoom"], 11, 9, 15, 12] },
      paint: white,
    }),
    ...pointedAt("hovered", 2, 0.55),
    ...pointedAt("selected", 3, 1),
  ];
}

/** Stalls, aisle and entrance of the site whose card is open, where they are large enough to be told apart. */
function layoutLayers(): Layered[] {
  const part = (name: string, fill: string): Layered =>
    inSlot(
      "footprints",
      fills("layout", {
        id: `layout-${name}`,
        minzoom: LAYOUT_ZOOM,
        filter: ["==", ["get", "part"], name],
        paint: { "fill-color": fill },
      }),
    );
  const edge = strokes("layout", {
    id: "layout-stall-edge",
    minzoom: LAYOUT_ZOOM,
    filter: ["==", ["get", "part"], "stall"],
    paint: { "line-color": LAYOUT_COLOURS.edge, "line-width": 1 },
  });
  return [
    part("aisle", LAYOUT_COLOURS.aisle),
    part("stall", LAYOUT_COLOURS.stall),
    part("entrance", LAYOUT_COLOURS.entrance),
    inSlot("footprints", edge),
  ];
}

/** Outline and ring around what is pointed at or selected: dark with a white edge, so it shows on every ground. */
function pointedAt(source: string, width: number, opacity: number): Layered[] {
  const ring = (id: string, colour: string, thickness: number) =>
    inSlot("selection", {
      id,
      type: "circle",
      source,
      filter: ["==", ["geometry-type"], "Point"],
      paint: {
        "circle-radius": 15,
        "circle-color": "rgba(0,0,0,0)",
        "circle-stroke-color": colour,
        "circle-stroke-width": thickness,
        "circle-stroke-opacity": opacity,
      },
    });
  const edge = (id: string, colour: string, thickness: number) =>
    inSlot(
      "selection",
      strokes(source, {
        id,
        minzoom: EDGE_ZOOM,
        filter: ["!=", ["geometry-type"], "Point"],
        paint: { "line-color": colour, "line-width": thickness, "line-opacity": opacity },
      }),
    );
  return [
    edge(`${source}-edge-under`, "#ffffff", width + 3),
    edge(`${source}-edge`, MAP_COLOURS.selected, width),
    ring(`${source}-ring-under`, "#ffffff", width + 2.5),
    ring(`${source}-ring`, MAP_COLOURS.selected, width),
  ];
}

/** Layers that answer to a click, the topmost first. */
export const CLICKABLE = ["opportunity-mark", "footprint-fill", "footprint-line"] as const;
export const OWN_SOURCES = ["opportunities", "footprints", "layout", "hovered", "selected"] as const;
