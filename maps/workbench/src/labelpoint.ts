/**
 * Where a polygon's name goes. The map cuts polygons at tile edges and would name each piece, so names are points of
 * their own: for each polygon the point inside its largest ring that lies farthest from every edge. Pure.
 */

type Position = readonly number[];
type Ring = readonly Position[];

const GRID = 16;

const at = (position: Position | undefined): readonly [number, number] => [
  position?.[0] ?? 0,
  position?.[1] ?? 0,
];

/** Twice the signed area of a ring. */
function doubleArea(ring: Ring): number {
  return ring.reduce((sum, here, index) => {
    const [x, y] = at(here);
    const [nextX, nextY] = at(ring[(index + 1) % ring.length]);
    return sum + x * nextY - nextX * y;
  }, 0);
}

function isInside([x, y]: readonly [number, number], ring: Ring): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [ax, ay] = at(ring[i]);
    const [bx, by] = at(ring[j]);
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

function squaredDistance([x, y]: readonly [number, number], ring: Ring): number {
  let least = Infinity;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [ax, ay] = at(ring[i]);
    const [bx, by] = at(ring[j]);
    const [dx, dy] = [bx - ax, by - ay];
    const along = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
    least = Math.min(least, (x - ax - along * dx) ** 2 + (y - ay - along * dy) ** 2);
  }
  return least;
}

/** The point of a grid over the ring that is inside and farthest from its edges; its first corner if none is inside. */
export function farthestInside(ring: Ring): [number, number] {
  const [xs, ys] = [ring.map((position) => at(position)[0]), ring.map((position) => at(position)[1])];
  const [west, south, east, north] = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  let best = { point: at(ring[0]), distance: -1 };
  for (let column = 0; column < GRID; column++) {
    for (let row = 0; row < GRID; row++) {
      const point = [
        west + ((east - west) * (column + 0.5)) / GRID,
        south + ((north - south) * (row + 0.5)) / GRID,
      ] as const;
      if (!isInside(point, ring)) continue;
      const distance = squaredDistance(point, ring);
      if (distance > best.distance) best = { point, distance };
    }
  }
  return [best.point[0], best.point[1]];
}

function outerRings(geometry: GeoJSON.Geometry | null): Ring[] {
  if (geometry?.type === "Polygon") return geometry.coordinates.slice(0, 1);
  if (geometry?.type === "MultiPolygon") return geometry.coordinates.flatMap((rings) => rings.slice(0, 1));
  return [];
}

/** One named point for every named polygon, with the polygon's `size` in square degrees. */
export function labelPoints(features: readonly GeoJSON.Feature[]): GeoJSON.Feature[] {
  return features.flatMap((feature) => {
    const name: unknown = feature.properties?.name;
    const [largest] = outerRings(feature.geometry).sort(
      (a, b) => Math.abs(doubleArea(b)) - Math.abs(doubleArea(a)),
    );
    if (typeof name !== "string" || name === "" || !largest) return [];
    return [
      {
        type: "Feature",
        properties: { name, size: Math.abs(doubleArea(largest)) / 2 },
        geometry: { type: "Point", coordinates: farthestInside(largest) },
      },
    ];
  });
}

/** Where a geometry carries its sign: a polygon inside its largest ring, a point itself, a line at its middle vertex. */
function signAt(geometry: GeoJSON.Geometry | null): Position | null {
  if (geometry?.type === "Point") return geometry.coordinates;
  if (geometry?.type === "LineString") return geometry.coordinates[geometry.coordinates.length >> 1] ?? null;
  const [largest] = outerRings(geometry).sort((a, b) => Math.abs(doubleArea(b)) - Math.abs(doubleArea(a)));
  return largest ? farthestInside(largest) : null;
}

/** One point for every feature that has a place for a sign, with all its properties. */
export function signPoints(features: readonly GeoJSON.Feature[]): GeoJSON.Feature[] {
  return features.flatMap(({ geometry, properties }) => {
    const place = signAt(geometry);
    return place
      ? [{ type: "Feature", properties, geometry: { type: "Point", coordinates: [...place] } }]
      : [];
  });
}
