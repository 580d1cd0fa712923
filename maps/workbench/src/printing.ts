/** Whether the page is being printed: a list that draws only what is in sight must then draw more. */

import { signal } from "@preact/signals";

/** Rows of the list that paper gets. */
export const PRINTED_ROWS = 100;

const paper = matchMedia("print");
export const printing = signal(paper.matches);

paper.addEventListener("change", ({ matches }) => {
  printing.value = matches;
});
// Some browsers lay the pages out before they tell of the change of medium.
addEventListener("beforeprint", () => {
  printing.value = true;
});
addEventListener("afterprint", () => {
  printing.value = false;
});
