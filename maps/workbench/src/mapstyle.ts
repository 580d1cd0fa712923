/**
 * The map's style as data: for every kind its layers, for opportunities theirs. Pure; MapLibre's types only.
 *
 * Each layer carries its place in the stack (`metadata.slot`), so layers can be added in any order, when first wanted.
 */

import type {
  DataDrivenPropertyValueSpecification,
  ExpressionSpecification,
  FillLayerSpecification,
  LayerSpecification,
  LineLayerSpecification,
} from "maplibre-gl";
import { ACTION_MARKS, actionMark, kindSymbol, legend, MAP_COLOURS } from "./symbols.ts";
import type { KindInfo, Lang } from "./types.ts";

/** Bottom to top. */
const SLOTS = [
  "ground",
  "greens",
  "waters",
  "buildings",
  "streets",
  "areas",
  "outlines",
  "lines",
  "points",
  "names",
  "titles",
  "footprints",
  "marks",
  "selection",
  "ranks",
] as const;
type Slot = (typeof SLOTS)[number];

export type Layered = LayerSpecification & { metadata: { slot: number } };

/** Families that exist on Windows, macOS and Debian; glyphs are drawn from them, none is fetched. */
export const FONT_FAMILY =
  "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif";
const REGULAR = ["Regular"];
const BOLD = ["Bold"];
/** From here on a plot is larger than its mark. */
const PLOT_ZOOM = 14.5;
const EDGE_ZOOM = 15.5;
/** How many of the best carry their rank on the map. */
export const NUMBERED = 20;

function inSlot<T extends LayerSpecification>(slot: Slot, layer: T): Layered {
  return { ...layer, metadata: { slot: SLOTS.indexOf(slot) } } as Layered;
}

export function bySlot(a: Layered, b: Layered): number {
  return a.metadata.slot - b.metadata.slot;
}

/** The layer above which a layer of this slot must not rise. */
export function firstAbove(slot: number, present: readonly LayerSpecification[]): string | undefined {
  return present.find((layer) => ((layer as Layered).metadata?.slot ?? 0) > slot)?.id;
}

export const BACKGROUND = inSlot("ground", {
  id: "ground",
  type: "background",
  paint: { "background-color": MAP_COLOURS.paper },
});

/** Kinds of polygons that carry their name, and the source of its points. */
export const NAMED: ReadonlySet<string> = new Set(["subdistrict", "water", "green"]);
export const namesOf = (kind: string): string => `${kind}-names`;

/** Text size and width that grow with zoom. */
const byZoom = (...stops: readonly (readonly [number, number])[]): ExpressionSpecification =>
  ["interpolate", ["exponential", 1.5], ["zoom"], ...stops.flat()] as ExpressionSpecification;

const name = (): DataDrivenPropertyValueSpecification<string> => ["coalesce", ["get", "name"], ""];

type Polygons = Omit<FillLayerSpecification, "type" | "source">;
type Lines = Omit<LineLayerSpecification, "type" | "source">;
const fills = (source: string, spec: Polygons): FillLayerSpecification => ({
  filter: ["==", ["geometry-type"], "Polygon"],
  ...spec,
  type: "fill",
  source,
});
const strokes = (source: string, spec: Lines): LineLayerSpecification => ({ ...spec, type: "line", source });

function label(
  source: string,
  id: string,
  colour: string,
  more: Record<string, unknown>,
  minzoom: number,
): Layered {
  const layout = {
    "text-field": name(),
    "text-font": REGULAR,
    "text-size": 12,
    "text-max-width": 8,
    "text-padding": 6,
    ...more,
  };
  const paint = { "text-color": colour, "text-halo-color": MAP_COLOURS.halo, "text-halo-width": 1.4 };
  return inSlot("names", { id, type: "symbol", source, minzoom, layout, paint });
}

/** A square of about 450 m; a smaller pond or green is named only close up. */
const LARGE_SQUARE_DEG = 2e-5;

function bySize(
  kind: string,
  id: string,
  colour: string,
  more: Record<string, unknown>,
  minzoom: number,
): Layered[] {
  const isLarge: ExpressionSpecification = [">", ["get", "size"], LARGE_SQUARE_DEG];
  const sorted = { ...more, "symbol-sort-key": ["-", 0, ["get", "size"]] };
  return [
    { ...label(namesOf(kind), id, colour, sorted, minzoom), filter: isLarge } as Layered,
    { ...label(namesOf(kind), `${id}-small`, colour, sorted, 15), filter: ["!", isLarge] } as Layered,
  ];
}

function water(): Layered[] {
  return [
    inSlot("waters", fills("water", { id: "water-fill", paint: { "fill-color": MAP_COLOURS.water } })),
    inSlot(
      "waters",
      strokes("water", {
        id: "water-line",
        filter: ["==", ["geometry-type"], "LineString"],
        paint: { "line-color": MAP_COLOURS.water, "line-width": byZoom([12, 1], [17, 6]) },
      }),
    ),
    label(
      namesOf("water"),
      "water-name",
      MAP_COLOURS.waterText,
      { "text-size": 13, "text-letter-spacing": 0.2 },
      12,
    ),
  ];
}

function green(): Layered[] {
  return [
    inSlot("greens", fills("green", { id: "green-fill", paint: { "fill-color": MAP_COLOURS.green } })),
    ...bySize("green", "green-name", MAP_COLOURS.greenText, { "text-size": 11 }, 14),
  ];
}

function building(): Layered[] {
  return [
    inSlot(
      "buildings",
      fills("building", {
        id: "building-fill",
        paint: {
          "fill-color": MAP_COLOURS.building,
          "fill-outline-color": MAP_COLOURS.buildingEdge,
          "fill-opacity": ["interpolate", ["linear"], ["zoom"], 12, 0.6, 15, 1],
        },
      }),
    ),
  ];
}

/** Width of a street by class, in pixels at zoom 12, 15 and 18. */
const STREET_WIDTHS: Readonly<Record<string, readonly [number, number, number]>> = {
  expressway: [2.6, 7, 26],
  main: [2.2, 6, 22],
  secondary: [1.4, 4, 16],
  local: [0.7, 2.4, 10],
  alley: [0.25, 1.2, 5],
  path: [0.2, 0.9, 3],
  steps: [0.2, 0.9, 3],
};

function streetWidth(extra: number): ExpressionSpecification {
  const at = (index: 0 | 1 | 2): ExpressionSpecification => {
    const cases = Object.entries(STREET_WIDTHS).flatMap(([code, widths]) => [code, widths[index] + extra]);
    return [
      "match",
      ["get", "street_class"],
      ...cases,
      1 + index + extra,
    ] as unknown as ExpressionSpecification;
  };
  return ["interpolate", ["exponential", 1.5], ["zoom"], 12, at(0), 15, at(1), 18, at(2)];
}

function street(): Layered[] {
  const layout = { "line-cap": "round", "line-join": "round" } as const;
  const casing = { "line-color": MAP_COLOURS.streetEdge, "line-width": streetWidth(1.2) };
  const body = { "line-color": MAP_COLOURS.street, "line-width": streetWidth(0) };
  const major: ExpressionSpecification = [
    "in",
    ["get", "street_class"],
    ["literal", ["expressway", "main", "secondary"]],
  ];
  const along = {
    "symbol-placement": "line",
    "symbol-spacing": 420,
    "text-size": 11.5,
    "text-max-angle": 30,
  };
  return [
    inSlot("streets", strokes("street", { id: "street-edge", minzoom: 13, layout, paint: casing })),
    inSlot("streets", strokes("street", { id: "street-line", layout, paint: body })),
    { ...label("street", "street-name", MAP_COLOURS.streetText, along, 13.5), filter: major } as Layered,
    { ...label("street", "alley-name", MAP_COLOURS.streetText, along, 16), filter: ["!", major] } as Layered,
  ];
}

function boundary(kind: string): Layered[] {
  const paint = {
    "line-color": MAP_COLOURS.boundary,
    "line-width": kind === "district" ? 2.5 : byZoom([11, 0.8], [16, 2]),
    "line-dasharray": [4, 2, 1, 2],
    "line-opacity": 0.8,
  };
  const text = { "text-size": byZoom([11, 11], [15, 15]), "text-font": BOLD, "text-letter-spacing": 0.15 };
  const named = label(
    namesOf(kind),
    `${kind}-name`,
    MAP_COLOURS.boundaryText,
    text,
    kind === "district" ? 8 : 11,
  );
  return [
    inSlot("outlines", strokes(kind, { id: `${kind}-line`, paint })),
    ...(kind === "subdistrict" ? [inSlot("titles", { ...named, maxzoom: 15.5 })] : []),
  ];
}

/** Colour of a record by its code, from the same legend that the layer list shows. */
function colourOf(kind: string, info: KindInfo | undefined): DataDrivenPropertyValueSpecification<string> {
  const { colour, by, ramp } = kindSymbol(kind);
  if (ramp) {
    const steps = ramp.breaks.flatMap((limit, index) => [limit, ramp.colours[index + 1]]);
    // "step" puts a value on a break into the upper class, the legend says "up to": so a hair is taken off.
    const above = ["step", ["-", ["get", ramp.field], 1e-9], ramp.colours[0], ...steps];
    return ["case", ["has", ramp.field], above, colour] as unknown as ExpressionSpecification;
  }
  const cases = legend(kind, info).flatMap((entry) => [entry.code, entry.colour]);
  if (!by || cases.length === 0) return colour;
  return ["match", ["coalesce", ["get", by], ""], ...cases, colour] as unknown as ExpressionSpecification;
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
  if (kind === "water") return water();
  if (kind === "green") return green();
  if (kind === "building") return building();
  if (kind === "street") return street();
  if (kind === "district" || kind === "subdistrict") return boundary(kind);
  return ledger(kind, info);
}

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
  const letters = {
    "text-field": letter,
    "text-font": BOLD,
    "text-allow-overlap": true,
    "text-ignore-placement": true,
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
    inSlot("marks", {
      id: "opportunity-letter",
      type: "symbol",
      source: "opportunities",
      filter: ["any", isTop, [">=", ["zoom"], 15]],
      layout: { ...letters, "text-size": ["interpolate", ["linear"], ["zoom"], 11, 9, 15, 12] },
      paint: white,
    }),
    inSlot("ranks", {
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
        "text-padding": 0,
      },
      paint: { "text-color": MAP_COLOURS.selected, "text-halo-color": "#ffffff", "text-halo-width": 2 },
    }),
    ...pointedAt("hovered", 2, 0.55),
    ...pointedAt("selected", 3, 1),
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
export const OWN_SOURCES = ["opportunities", "footprints", "hovered", "selected"] as const;
