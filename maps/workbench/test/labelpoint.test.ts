import assert from "node:assert/strict";
import { test } from "node:test";
import { farthestInside, labelPoints, signPoints } from "../src/labelpoint.ts";

test("in a square the point is in the middle, as near as the grid allows", () => {
  const [x, y] = farthestInside([
    [0, 0],
    [16, 0],
    [16, 16],
    [0, 16],
    [0, 0],
  ]);
  assert.ok(Math.abs(x - 8) <= 0.5 && Math.abs(y - 8) <= 0.5, `${x}, ${y}`);
});

test("in an L the point is inside, in the corner where both arms meet, not in the notch", () => {
  const [x, y] = farthestInside([
    [0, 0],
    [12, 0],
    [12, 4],
    [4, 4],
    [4, 12],
    [0, 12],
    [0, 0],
  ]);
  assert.ok(x <= 4 && y <= 4, `${x}, ${y}`);
});

test("a polygon of two parts is named once, in the larger; one without a name not at all", () => {
  const square = (west: number, size: number) => [
    [
      [west, 0],
      [west + size, 0],
      [west + size, size],
      [west, size],
      [west, 0],
    ],
  ];
  const geometry: GeoJSON.Geometry = { type: "MultiPolygon", coordinates: [square(0, 1), square(10, 5)] };
  const points = labelPoints([
    { type: "Feature", properties: { name: "虚江" }, geometry },
    { type: "Feature", properties: { name: null }, geometry },
    { type: "Feature", properties: { name: "线" }, geometry: { type: "LineString", coordinates: [] } },
  ]);
  assert.equal(points.length, 1);
  assert.equal(points[0]?.properties?.name, "虚江");
  const place = points[0]?.geometry;
  assert.ok(place?.type === "Point" && (place.coordinates[0] ?? 0) > 10);
});

test("every feature carries its sign once with all it tells, whatever its geometry; one without a place none", () => {
  const told = (order: number) => ({ site_order: order });
  const features: GeoJSON.Feature[] = [
    { type: "Feature", properties: told(1), geometry: { type: "Point", coordinates: [3, 4] } },
    {
      type: "Feature",
      properties: told(2),
      geometry: {
        type: "LineString",
        coordinates: [
          [0, 0],
          [1, 1],
          [5, 5],
        ],
      },
    },
    {
      type: "Feature",
      properties: told(3),
      geometry: {
        type: "Polygon",
        coordinates: [
          [
            [0, 0],
            [16, 0],
            [16, 16],
            [0, 16],
            [0, 0],
          ],
        ],
      },
    },
    { type: "Feature", properties: told(4), geometry: { type: "MultiPolygon", coordinates: [] } },
  ];
  const points = signPoints(features);
  assert.deepEqual(
    points.map(({ properties }) => properties?.site_order),
    [1, 2, 3],
  );
  const places = points.map(({ geometry }) => geometry.type === "Point" && geometry.coordinates);
  assert.deepEqual(places.slice(0, 2), [
    [3, 4],
    [1, 1],
  ]);
});
