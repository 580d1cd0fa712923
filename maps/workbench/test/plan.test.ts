import assert from "node:assert/strict";
import { test } from "node:test";
import { counted, drawing } from "../src/plan.ts";

/** A rectangle from a corner at the equator, in metres east and north. */
function rectangle(west: number, south: number, width: number, height: number): GeoJSON.Polygon {
  const degrees = (metres: number) => metres / 111_195;
  const [w, e] = [degrees(west), degrees(west + width)];
  const [s, n] = [degrees(south), degrees(south + height)];
  return {
    type: "Polygon",
    coordinates: [
      [
        [w, s],
        [e, s],
        [e, n],
        [w, n],
        [w, s],
      ],
    ],
  };
}

test("a plot of 40 x 20 m is drawn in metres, north up, with a margin of 4 m", () => {
  const stall = rectangle(0, 15, 2.5, 5);
  const found = drawing(rectangle(0, 0, 40, 20), [{ part: "stall", geometry: stall }]);
  assert.ok(found);
  assert.ok(Math.abs(found.width - 48) < 0.01 && Math.abs(found.height - 28) < 0.01);
  assert.equal(found.plot, "M4.00 24.00L44.00 24.00L44.00 4.00L4.00 4.00L4.00 24.00Z");
  // The stall touches the northern edge, which is the upper one.
  assert.equal(found.parts[0]?.path, "M4.00 9.00L6.50 9.00L6.50 4.00L4.00 4.00L4.00 9.00Z");
  assert.equal(found.bar, 10);
});

test("without a layout nothing is drawn; a plot that is a point has no outline", () => {
  assert.equal(drawing(rectangle(0, 0, 40, 20), []), null);
  const found = drawing({ type: "Point", coordinates: [0, 0] }, [
    { part: "aisle", geometry: rectangle(0, 0, 30, 6) },
  ]);
  assert.equal(found?.plot, "");
  assert.equal(found?.parts.length, 1);
});

test("surface parking counts as its option does: 1,020 m2 and 48 stalls are 21.25 m2 each", () => {
  const found = counted({ action: "surface_parking", stalls: 48, area_m2: 1020 });
  assert.deepEqual(found, { stalls: 48, each: 21.25 });
  assert.equal(counted({ action: "surface_parking", stalls: 0, area_m2: 1020 }), null);
  assert.equal(counted({ action: "surface_parking", stalls: null, area_m2: 1020 }), null);
});

test("the ground plan of racks has no count of its own: the card's total is that of all levels", () => {
  assert.equal(counted({ action: "mechanical_parking", stalls: 94, area_m2: 1020 }), null);
});
