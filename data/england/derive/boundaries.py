"""Boundaries of the footprints, for maps: the areas of their clinical commissioning groups of 2017 put together."""

import json
from collections import Counter

from .sources import FOLDER

# As in the source, but for one ring (Bradford City in Bradford Districts) that rounding brings onto its neighbour.
DECIMALS = 3

# Left out: there the generalised shores of Southampton Water cross, and an islet of Hamford Water meets the mainland.
CROSSING = {(-1.478, 50.924), (1.265, 51.864)}


def write(folder, footprint_names):
    """boundaries.geojson: one MultiPolygon a footprint, longitude and latitude in WGS84, as RFC 7946 asks."""
    with open(FOLDER / "boundaries/ccg17_boundaries.geojson", encoding="utf-8") as file:
        areas = json.load(file)["features"]
    polygons_of = {code: [] for code in footprint_names}
    for area in areas:
        polygons_of[area["properties"]["STP17CD"]] += area["geometry"]["coordinates"]
    features = [
        {"type": "Feature", "properties": {"footprint": code, "name": name},
         "geometry": {"type": "MultiPolygon", "coordinates": dissolve(polygons_of[code])}}
        for code, name in footprint_names.items()
    ]
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in features)
    with open(folder / "boundaries.geojson", "w", encoding="utf-8", newline="") as file:
        file.write(f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n')


def dissolve(polygons):
    """Polygons without the borders between them, each its outer ring and then its holes."""
    rings = trace(outline(polygons))
    dissolved = [[ring] for ring in rings if twice_area(ring) > 0]
    for hole in rings:
        if twice_area(hole) < 0:
            around = [polygon for polygon in dissolved if is_inside(hole, polygon[0])]
            min(around, key=lambda polygon: twice_area(polygon[0])).append(hole)
    return [[ring + ring[:1] for ring in polygon] for polygon in dissolved]


def outline(polygons):
    """The edges with land on their left and none on their right: one that is also met the other way is inland."""
    edges = Counter()
    for polygon in polygons:
        for k, ring in enumerate(polygon):
            points = [(round(east, DECIMALS), round(north, DECIMALS)) for east, north in ring]
            points = [point for point in points if point not in CROSSING]
            if (twice_area(points) > 0) != (k == 0):
                points.reverse()
            for start, end in zip(points, points[1:]):
                edges[start, end] += 1
                edges[end, start] -= 1
    return (+edges).elements()


def trace(edges):
    """Joins edges to rings, not closed; one that returns to a point is closed there, so that none touches itself."""
    ends = {}
    for start, end in edges:
        ends.setdefault(start, []).append(end)
    rings = []
    for start in ends:
        path = [start]
        while ends[path[-1]]:
            point = ends[path[-1]].pop()
            if point in path:
                at = path.index(point)
                rings.append(path[at:])
                del path[at:]
            path.append(point)
    return rings


def twice_area(ring):
    """Planar, positive anticlockwise; for signs and comparisons alone."""
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1]))


def is_inside(hole, ring):
    """Whether the middle of the hole's first edge lies within the ring; its ends may lie on it."""
    east, north = ((a + b) / 2 for a, b in zip(*hole[:2]))
    inside = False
    for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1]):
        if (y0 > north) != (y1 > north) and east < x0 + (north - y0) * (x1 - x0) / (y1 - y0):
            inside = not inside
    return inside
