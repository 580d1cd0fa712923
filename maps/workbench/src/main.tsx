import { render } from "preact";
import "./css/base.css";
import "./css/layout.css";
import "./css/map.css";
import "./css/layers.css";
import "./css/ranking.css";
import "./css/card.css";
import "./css/figures.css";
import "./css/print.css";
import * as state from "./state.ts";
import { App } from "./ui/app.tsx";
import { currentMap } from "./ui/mapview.tsx";

declare global {
  interface Window {
    /** For tests and for the curious: the map and the state behind the page. */
    panhuo: { readonly map: unknown; readonly state: typeof state };
  }
}

window.panhuo = {
  get map() {
    return currentMap();
  },
  state,
};

state.followAddress();
void state.load();
const root = document.getElementById("app");
if (root) render(<App />, root);
