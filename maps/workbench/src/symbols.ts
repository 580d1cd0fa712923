/** Colours and marks of kinds, codes and actions. The map, the legend and the card all draw from here. Pure. */

import type { KindInfo, Lang, Permission } from "./types.ts";

export const MAP_COLOURS = {
  paper: "#f5f3ee",
  water: "#c3dbe6",
  waterText: "#4b7f99",
  green: "#d9e6cd",
  greenText: "#5d7a4b",
  building: "#e6e1d7",
  buildingEdge: "#d5cec0",
  street: "#ffffff",
  streetEdge: "#d9d3c7",
  streetText: "#6f6a60",
  boundary: "#8d7f9c",
  boundaryText: "#6d5f7e",
  halo: "#fbfaf7",
  selected: "#0b2f38",
} as const;

/** What is laid out on a plot, as the card draws it too. */
export const LAYOUT_COLOURS = {
  aisle: "#d8d4ca",
  stall: "#ffffff",
  edge: "#1f6391",
  entrance: "#a86400",
} as const;

export interface Mark {
  readonly colour: string;
  readonly zh: string;
  readonly en: string;
}

/** One colour and one character an action: never colour alone. Colours of one theme differ in lightness as well. */
export const ACTION_MARKS: Readonly<Record<string, Mark>> = {
  surface_parking: { colour: "#1f6391", zh: "停", en: "P" },
  mechanical_parking: { colour: "#103b5c", zh: "机", en: "M" },
  charging: { colour: "#a86400", zh: "充", en: "C" },
  ebike_charging: { colour: "#7a4a12", zh: "电", en: "E" },
  pocket_park: { colour: "#3f7d3a", zh: "园", en: "G" },
  market: { colour: "#b0436e", zh: "市", en: "K" },
  community_service: { colour: "#6a4c93", zh: "服", en: "S" },
  renovation: { colour: "#5c6670", zh: "改", en: "R" },
  culture_space: { colour: "#7b3f9d", zh: "文", en: "A" },
  heritage_reuse: { colour: "#a63a2b", zh: "遗", en: "H" },
  culture_corridor: { colour: "#12716c", zh: "廊", en: "W" },
  hall_of_fame: { colour: "#8a6d1f", zh: "人", en: "F" },
  museum: { colour: "#4b2e83", zh: "馆", en: "U" },
  culture_market: { colour: "#b54d20", zh: "集", en: "B" },
  red_route_stop: { colour: "#7a1020", zh: "站", en: "T" },
};
const OTHER_ACTION: Mark = { colour: "#4d5d63", zh: "活", en: "•" };

export function actionMark(action: string): Mark {
  return ACTION_MARKS[action] ?? OTHER_ACTION;
}

export function actionLetter(action: string, lang: Lang): string {
  return actionMark(action)[lang];
}

/** Signs of permission as paths in a box of 12: the shape and the word carry it, colour only helps. */
export const PERMISSION_SIGNS: Readonly<Record<Permission, string>> = {
  allowed: "M1 6a5 5 0 1 0 10 0a5 5 0 1 0-10 0Z",
  approval: "M6 1a5 5 0 0 0 0 10Z",
  unclear: "",
  forbidden: "M3 3l6 6M9 3l-6 6",
};

const QUALITATIVE = [
  "#33658a",
  "#c07a1b",
  "#4f8556",
  "#8a4f7d",
  "#b4523b",
  "#4a8a8c",
  "#9a8423",
  "#6b6fb0",
  "#7b6a58",
  "#c46b8b",
  "#78935a",
];

/** Parts of a score, in the order of the criteria. */
const PARTS = [
  "#14505c",
  "#d9a441",
  "#5b9a8b",
  "#b4623f",
  "#8794b5",
  "#9db36a",
  "#6b5876",
  "#c9b79c",
  "#2f7f9c",
  "#a88a2a",
];

export function partColour(index: number): string {
  return PARTS[index % PARTS.length] ?? "#14505c";
}

/** Colours of a figure: the first up to `breaks[0]`, the last above the last break. One more colour than breaks. */
interface Ramp {
  readonly field: string;
  readonly breaks: readonly number[];
  readonly colours: readonly string[];
}

export interface LegendEntry {
  readonly code: string;
  readonly zh: string;
  readonly en: string;
  readonly colour: string;
  /** A character beside the colour. */
  readonly sign?: string;
}

interface KindSymbol {
  readonly colour: string;
  readonly ramp?: Ramp;
  /** Many points, none of which matters much alone. */
  readonly small?: boolean;
  /** Coded column that the colours tell apart. */
  readonly by?: string;
  /** Colours and signs of codes that have their own. */
  readonly marks?: Readonly<Record<string, { readonly colour: string; readonly sign: string }>>;
  /** Yes-no column that the colours tell apart; neither where it is not known. */
  readonly flag?: { readonly field: string; readonly states: readonly LegendEntry[] };
  /** Drawn as an outline: an area that lies over others. */
  readonly outline?: boolean;
}

/** Members of a bundle, as on the offline map: what brings money, takes money, joins. */
export const ROLE_MARKS = {
  fat: { colour: "#8a4300", sign: "+" },
  lean: { colour: "#1b4f86", sign: "−" },
  link: { colour: "#444444", sign: "=" },
  left_out: { colour: "#6f757a", sign: "·" },
} as const;

const KIND_SYMBOLS: Readonly<Record<string, KindSymbol>> = {
  district: { colour: MAP_COLOURS.boundary, outline: true },
  subdistrict: { colour: MAP_COLOURS.boundary, outline: true },
  governance_area: { colour: "#9a6b2f", by: "area_type", outline: true },
  community: { colour: "#94795a" },
  idle_land: { colour: "#b3801f", by: "land_class" },
  public_building: { colour: "#5f5a94", by: "occupancy" },
  parking: { colour: "#33658a", by: "parking_type" },
  parking_survey: { colour: "#46708f" },
  charging: { colour: "#c07a1b", by: "charger_type" },
  heritage: { colour: "#a63a2b", by: "heritage_class" },
  heritage_zone: { colour: "#a63a2b", by: "zone_type", outline: true },
  service: { colour: "#4f8556", by: "service_type" },
  report: { colour: "#8f4b57", small: true },
  street: { colour: "#b9b1a3" },
  building: { colour: MAP_COLOURS.building },
  water: { colour: MAP_COLOURS.water },
  green: { colour: MAP_COLOURS.green },
  need: {
    colour: "#6d5ba3",
    ramp: {
      field: "night_gap_stalls",
      breaks: [0, 50, 150, 300],
      colours: ["#e8e6ef", "#c9c3dd", "#9c90c2", "#6d5ba3", "#46347d"],
    },
  },
  exclusion: { colour: "#7a7f83" },
  clock: {
    colour: "#3f7fb5",
    flag: {
      field: "is_past",
      states: [
        { code: "false", zh: "未到期", en: "Running", colour: "#3f7fb5" },
        { code: "true", zh: "已到期", en: "Lapsed", colour: "#8c2d19" },
        { code: "", zh: "是否到期存疑", en: "In doubt", colour: "#8a6fb0" },
      ],
    },
  },
  scorecard: { colour: "#4a8a8c", outline: true },
  bundle: { colour: "#6b1a4a", outline: true },
  bundle_member: { colour: ROLE_MARKS.left_out.colour, by: "role", marks: ROLE_MARKS },
  route: { colour: "#4b2e83" },
  site_choice: { colour: "#0b4a6f" },
};

export function kindSymbol(kind: string): KindSymbol {
  return KIND_SYMBOLS[kind] ?? { colour: "#5f6b70" };
}

function rampLegend({ field, breaks, colours }: Ramp, info: KindInfo | undefined): LegendEntry[] {
  const declared = info?.fields.find((item) => item.name === field);
  return colours.map((colour, index) => {
    const [above, upTo] = [breaks[index - 1], breaks[index]];
    const span = above === undefined ? `≤ ${upTo}` : upTo === undefined ? `> ${above}` : `${above} – ${upTo}`;
    const title = index === 0 && declared;
    return {
      code: span,
      zh: title ? `${span} ${declared.zh}` : span,
      en: title ? `${span} ${declared.en}` : span,
      colour,
    };
  });
}

/** Legend of a kind from its declared codes, its ramp or its flag; empty where one symbol says it all. */
export function legend(kind: string, info: KindInfo | undefined): LegendEntry[] {
  const { by, flag, marks, ramp } = kindSymbol(kind);
  if (ramp) return rampLegend(ramp, info);
  if (flag) return [...flag.states];
  const codes = info?.fields.find((field) => field.name === by)?.codes ?? {};
  return Object.entries(codes).map(([code, { zh, en }], index) => ({
    code,
    zh,
    en,
    colour:
      code === "unknown" || code === "none"
        ? "#8b9094"
        : (QUALITATIVE[index % QUALITATIVE.length] ?? "#5f6b70"),
    ...marks?.[code],
  }));
}

/** Layers that are on when the page opens. */
export const SHOWN_AT_START: ReadonlySet<string> = new Set([
  "subdistrict",
  "street",
  "building",
  "water",
  "green",
  "opportunity",
]);
