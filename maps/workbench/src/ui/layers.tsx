/** The layer list, which is the legend as well: symbols and codes come from the schema. */

import { useEffect } from "preact/hooks";
import * as decided from "../decided.ts";
import * as format from "../format.ts";
import { titled } from "../i18n.ts";
import { isShown } from "../layerswitch.ts";
import { nameOf } from "../popup.ts";
import * as state from "../state.ts";
import { t } from "../state.ts";
import { ACTION_MARKS, kindSymbol, legend } from "../symbols.ts";
import type { LayerInfo, Role, Workspace } from "../types.ts";
import { ActionMark, actionTitle } from "./signs.tsx";

const GROUPS = [
  ["result", "roleResult"],
  ["input", "roleInput"],
  ["context", "roleContext"],
] as const satisfies readonly (readonly [Role, string])[];

export function LayerPanel({ workspace }: { workspace: Workspace }) {
  return (
    <section class="layers" aria-labelledby="layers-title" inert={state.cardOpen.value}>
      <h2 id="layers-title" class="panel-title">
        {t("layers")}
      </h2>
      {workspace.layers.length === 0 && (
        <div class="notice small" role="status">
          <p>{t("noLayers")}</p>
          <p class="quiet">{t("noLayersHint", { workspace: workspace.name })}</p>
        </div>
      )}
      {GROUPS.map(([role, title]) => (
        <Group key={role} title={t(title)} layers={workspace.layers.filter((layer) => layer.role === role)} />
      ))}
      {workspace.run && workspace.run.notes.length > 0 && (
        <details class="run-notes">
          <summary>{t("runNotes")}</summary>
          <ul>
            {workspace.run.notes.map((note) => (
              <li key={note.en}>{titled(note, state.lang.value)}</li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function Group({ title, layers }: { title: string; layers: readonly LayerInfo[] }) {
  if (layers.length === 0) return null;
  return (
    <>
      <h3 class="group-title">{title}</h3>
      <ul class="layer-list">
        {layers.map((layer) => (
          <LayerRow key={layer.kind} layer={layer} />
        ))}
      </ul>
    </>
  );
}

function LayerRow({ layer }: { layer: LayerInfo }) {
  const lang = state.lang.value;
  const isEmpty = layer.count === 0;
  const drawn = layer.geometry.length > 0 && !isEmpty;
  const on = drawn && isShown(layer.kind, state.layers.value);
  const title = titled(layer, lang, layer.kind);
  const toggle = () => state.change({ layers: { ...state.layers.value, [layer.kind]: !on } });
  return (
    <li class={`layer ${on ? "on" : ""}`} data-kind={layer.kind}>
      <label class="layer-head">
        <input
          type="checkbox"
          checked={on}
          disabled={!drawn}
          onChange={toggle}
          aria-label={t("showLayer", { name: title })}
        />
        <Swatch layer={layer} />
        <span class="layer-name">{title}</span>
        <span class="layer-count">{format.number(layer.count, lang)}</span>
      </label>
      <p class="layer-facts">
        {isEmpty ? (
          <span>{t("emptyLayer")}</span>
        ) : (
          <span title={t("dataDate")}>
            {layer.data_date ? format.day(layer.data_date, lang) : t("noDate")}
          </span>
        )}
        {!drawn && !isEmpty && <span>{t("tableOnly")}</span>}
        {layer.unlocated_count > 0 && (
          <span class="badge" title={t("unlocatedTitle", { n: layer.unlocated_count })}>
            {t("unlocated", { n: format.number(layer.unlocated_count, lang) })}
          </span>
        )}
      </p>
      {on && <Legend kind={layer.kind} />}
      {on && layer.kind in decided.LISTED && <DecidedList layer={layer} />}
    </li>
  );
}

function Legend({ kind }: { kind: string }) {
  const lang = state.lang.value;
  if (kind === "opportunity") return <ActionLegend />;
  const entries = legend(kind, state.schema.value.kinds[kind]);
  if (entries.length === 0) return null;
  return (
    <ul class="legend" aria-label={t("legend")}>
      {entries.map((entry) => (
        <li key={entry.code}>
          <span class="legend-dot" style={{ backgroundColor: entry.colour }} aria-hidden="true">
            {entry.sign}
          </span>
          {titled(entry, lang)}
        </li>
      ))}
    </ul>
  );
}

/** What was decided, one button each: it is brought into sight with its popup. */
function DecidedList({ layer }: { layer: LayerInfo }) {
  useEffect(() => void decided.readList(layer), [layer]);
  const order = decided.LISTED[layer.kind] ?? "";
  const show = (feature: GeoJSON.Feature) => {
    state.pane.value = "map";
    decided.asked.value = { kind: layer.kind, feature };
  };
  return (
    <ol class="decided">
      {decided.inOrder(layer).map((feature) => {
        const told = feature.properties ?? {};
        const name = nameOf(layer.kind, told);
        const number = layer.kind === "bundle" ? null : told[order];
        return (
          <li key={feature.id}>
            <button type="button" onClick={() => show(feature)}>
              {number ? `${number}. ${name}` : name}
            </button>
          </li>
        );
      })}
    </ol>
  );
}

/** Actions that the theme in view has, each with its mark. */
function ActionLegend() {
  const present = new Set(state.inTheme.value.map((row) => row.action));
  const actions = Object.keys(ACTION_MARKS).filter((action) => present.has(action));
  return (
    <ul class="legend" aria-label={t("legend")}>
      {actions.map((action) => (
        <li key={action}>
          <ActionMark action={action} />
          {actionTitle(action)}
        </li>
      ))}
    </ul>
  );
}

function Swatch({ layer }: { layer: LayerInfo }) {
  const { colour, outline } = kindSymbol(layer.kind);
  const [shape] = layer.geometry;
  return (
    <svg class="swatch" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
      {shape === "point" && <circle cx="8" cy="8" r="4.5" fill={colour} />}
      {shape === "line" && <path d="M2 12 6 6l4 4 4-7" fill="none" stroke={colour} stroke-width="2" />}
      {shape === "polygon" && (
        <rect
          x="2.5"
          y="2.5"
          width="11"
          height="11"
          rx="2"
          fill={outline ? "none" : colour}
          fill-opacity={layer.role === "context" ? 1 : 0.45}
          stroke={colour}
          stroke-width="1.5"
          stroke-dasharray={outline ? "3 2" : undefined}
        />
      )}
      {shape === undefined && <path d="M3 4h10M3 8h10M3 12h10" stroke="#8a8f92" stroke-width="1.5" />}
    </svg>
  );
}
