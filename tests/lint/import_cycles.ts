/**
 * Finds files that import each other in a circle.
 * @module
 */

import type { Import } from "./import_graph.ts";

/** One circle for each group of files that reach each other, as imports in order. */
export function importCycles(imports: readonly Import[]): Import[][] {
  const outgoing = new Map<string, Import[]>();
  for (const edge of imports) {
    outgoing.set(edge.from, [...(outgoing.get(edge.from) ?? []), edge]);
  }
  const done = new Set<string>();
  const cycles: Import[][] = [];
  for (const start of [...outgoing.keys()].sort()) {
    if (done.has(start)) continue;
    const cycle = shortestWayBack(start, outgoing);
    if (cycle === undefined) continue;
    cycles.push(cycle);
    for (const edge of cycle) done.add(edge.from);
  }
  return cycles;
}

/** The shortest walk from `start` to itself, breadth first. */
function shortestWayBack(
  start: string,
  outgoing: Map<string, Import[]>,
): Import[] | undefined {
  const cameBy = new Map<string, Import>();
  const queue = [start];
  for (const file of queue) {
    for (const edge of outgoing.get(file) ?? []) {
      if (cameBy.has(edge.to)) continue;
      cameBy.set(edge.to, edge);
      if (edge.to === start) return walkBack(start, cameBy);
      queue.push(edge.to);
    }
  }
  return undefined;
}

function walkBack(start: string, cameBy: Map<string, Import>): Import[] {
  const path: Import[] = [];
  let file = start;
  do {
    const edge = cameBy.get(file);
    if (edge === undefined) break;
    path.unshift(edge);
    file = edge.from;
  } while (file !== start);
  return path;
}
