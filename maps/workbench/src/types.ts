/** What `/api` answers; the server's own description of the same shapes is at `/docs`. */

export type Lang = "zh" | "en";
export type Theme = "revitalization" | "heritage";
export type Permission = "allowed" | "approval" | "unclear" | "forbidden";
export type Role = "input" | "context" | "result";
export type Shape = "point" | "line" | "polygon";
export type Bounds = readonly [west: number, south: number, east: number, north: number];

export interface Bilingual {
  readonly zh: string;
  readonly en: string;
}

export interface LayerInfo extends Bilingual {
  readonly kind: string;
  readonly role: Role;
  readonly geometry: readonly Shape[];
  readonly count: number;
  readonly unlocated_count: number;
  readonly data_date: string | null;
  readonly licence: string | null;
  readonly attribution: string | null;
  readonly url: string;
}

export interface Workspace {
  readonly name: string;
  readonly is_sample: boolean;
  readonly notice: Bilingual | null;
  readonly extent: Bounds | null;
  /** What the map shows first: without far-off places, so `extent` may be much larger. */
  readonly view: Bounds | null;
  readonly layers: readonly LayerInfo[];
  readonly run: {
    readonly run_id: string;
    readonly as_of: string;
    readonly created_at: string;
    readonly version: string;
    readonly notes: readonly Bilingual[];
    /** What a person laid over the packaged model: a file of the district, single settings; null where nothing. */
    readonly model: { readonly file: string | null; readonly settings: number } | null;
    /** Kinds whose layer is not the one that the run was made from. */
    readonly changed_layers: readonly string[];
    /** What the bundles of the run rest on; empty where it has none. */
    readonly assumptions: readonly Assumption[];
  } | null;
}

/** A value that a plan rests on: of the model, or given with the command. */
export interface Assumption extends Bilingual {
  readonly key: string;
  readonly shown: Bilingual;
  readonly source: Bilingual;
  readonly confidence: string;
  readonly is_assumption: boolean;
}

export interface FieldInfo extends Bilingual {
  readonly name: string;
  readonly dtype: string;
  readonly unit: string;
  readonly codes: Readonly<Record<string, Bilingual>> | null;
}

export interface KindInfo extends Bilingual {
  readonly role: Role;
  readonly geometry: readonly Shape[];
  readonly id_field: string;
  readonly fields: readonly FieldInfo[];
}

export interface Schema {
  readonly kinds: Readonly<Record<string, KindInfo>>;
}

/** A value function: `one` of a linear one and the points `x`, `v` of a piecewise one tell where its value is 1. */
export interface ValueFunction {
  readonly type: string;
  readonly one?: number;
  readonly x?: readonly number[];
  readonly v?: readonly number[];
}

export interface Criterion extends Bilingual {
  readonly key: string;
  readonly theme: Theme;
  readonly unit: string;
  readonly weight: number;
  readonly source: string;
  readonly function?: ValueFunction;
}

export interface Model {
  readonly criteria: readonly Criterion[];
  readonly actions: Readonly<Record<string, Bilingual & { readonly themes: readonly Theme[] }>>;
  readonly permissions: Readonly<Record<string, Bilingual>>;
}

/** One row of `/api/opportunities`; criterion values are gathered under `values`. */
export interface Opportunity {
  readonly id: string;
  readonly theme: Theme;
  readonly action: string;
  readonly assetKind: string;
  readonly assetId: string;
  readonly name: string;
  readonly subdistrict: string | null;
  readonly permission: Permission;
  readonly rank: number | null;
  readonly rankP10: number | null;
  readonly rankP90: number | null;
  readonly score: number | null;
  readonly confidence: string | null;
  readonly peopleServed: number | null;
  readonly capexCny: number | null;
  readonly npvCny: number | null;
  /** The low end of what the NPV is likely to be: a tenth of the draws lies below. */
  readonly npvP10Cny: number | null;
  readonly paybackYears: number | null;
  /** Whether it pays back within the years granted; null where that cannot be told. */
  readonly fitsHorizon: boolean | null;
  readonly horizonYears: number | null;
  readonly revenueCny: number | null;
  readonly landRentCny: number | null;
  /** What share of the income may repay the investment: 0 of the treasury's and of nobody known's. */
  readonly pledgeableShare: number | null;
  readonly position: readonly [longitude: number, latitude: number] | null;
  readonly values: Readonly<Record<string, number | null>>;
}

export interface Contribution extends Bilingual {
  readonly key: string;
  readonly unit: string;
  readonly raw: number | null;
  readonly value: number | null;
  readonly weight: number;
  readonly contribution: number;
  readonly missing: boolean;
  readonly source: string;
}

export interface CashYear {
  readonly year: number;
  readonly capex_cny: number;
  readonly revenue_cny: number;
  readonly opex_cny: number;
  readonly land_rent_cny: number;
  readonly other_income_cny: number | null;
  readonly tax_cny: number | null;
  readonly reinstatement_cny: number | null;
  readonly net_cny: number;
  readonly cumulative_cny: number;
}

/** One shape of what is laid out on a plot. */
export interface LayoutPart {
  readonly part: "stall" | "aisle" | "entrance";
  readonly geometry: GeoJSON.Geometry;
}

export interface UsedParameter {
  readonly key: string;
  readonly value: number | string;
  readonly low: number | null;
  readonly high: number | null;
  readonly unit: string;
  readonly source: string;
  readonly confidence: string;
  readonly is_assumption: boolean;
  /** Why the document behind it is no sure ground on the day of the run. */
  readonly doubt?: Bilingual | null;
}

export type Scalar = string | number | boolean | null;

export interface Detail {
  readonly properties: Readonly<Record<string, Scalar>>;
  readonly geometry: GeoJSON.Geometry | null;
  readonly asset: Readonly<Record<string, Scalar>> | null;
  readonly contributions: readonly Contribution[];
  readonly cashflow: readonly CashYear[];
  readonly layout: readonly LayoutPart[];
  readonly alternatives: readonly {
    readonly opportunity_id: string;
    readonly theme: Theme;
    readonly action: string;
    readonly score: number | null;
    readonly permission: Permission;
  }[];
  readonly parameters: readonly UsedParameter[];
  readonly is_sample: boolean;
}
