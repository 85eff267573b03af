/**
 * Finds the parts of a series by asking for their names.
 * @module
 */

import type { PartSeries } from "./part_names.ts";

/** The size of a file of a name; `undefined` where there is none. */
export type SizeOf = (name: string) => Promise<number | undefined> | number | undefined;

/** A part by name. */
export interface NamedPart {
  readonly name: string;
  /** `undefined` where it is missing, or was not looked at. */
  readonly sizeBytes: number | undefined;
}

/** No series has more; names that go on without end come to one here. */
const MOST_PARTS = 1_000_000;
/** How far behind a part the next one is looked for: what lies between is missing. */
const LONGEST_GAP = 16;

/** The way that leads to most parts, and how many those are. */
interface Found {
  readonly way: PartSeries["ways"][number];
  readonly count: number;
}

/**
 * Finds parts one after the other, the first being there: all are looked at, and so is what lies
 * behind a gap. Those that are missing have no size.
 */
export async function findInRow(series: PartSeries, sizeOf: SizeOf): Promise<NamedPart[]> {
  const { way, count } = await bestWay(series, sizeOf, (way) => countInRow(way, sizeOf));
  const parts: NamedPart[] = [];
  for (let i = 0; i < count; i++) parts.push({ name: way(i)!, sizeBytes: await sizeOf(way(i)!) });
  return parts;
}

/** How many there are up to the last, those that are missing in between included. */
async function countInRow(way: Found["way"], sizeOf: SizeOf): Promise<number> {
  let last = 0;
  for (let i = 1; i <= last + LONGEST_GAP && i < MOST_PARTS; i++) {
    if (await isThere(way, i, sizeOf)) last = i;
  }
  return last + 1;
}

/**
 * Finds the last part with few questions, as each of them is a request: parts in between are taken
 * to be there. Only the first and the last are given their sizes.
 */
export async function findByLeaps(series: PartSeries, sizeOf: SizeOf): Promise<NamedPart[]> {
  const { way, count } = await bestWay(series, sizeOf, async (way) => {
    let [last, beyond] = [0, 1];
    while (beyond < MOST_PARTS && await isThere(way, beyond, sizeOf)) {
      [last, beyond] = [beyond, beyond * 2];
    }
    while (beyond - last > 1) {
      const middle = (last + beyond) >> 1;
      if (await isThere(way, middle, sizeOf)) last = middle;
      else beyond = middle;
    }
    return last + 1;
  });
  const parts: NamedPart[] = [];
  for (let i = 0; i < count; i++) {
    const isAtAnEnd = i === 0 || i === count - 1;
    parts.push({ name: way(i)!, sizeBytes: isAtAnEnd ? await sizeOf(way(i)!) : undefined });
  }
  return parts;
}

/** Two ways have their first names in common: the other one is tried where it parts from the best. */
async function bestWay(
  series: PartSeries,
  sizeOf: SizeOf,
  countOf: (way: Found["way"]) => Promise<number>,
): Promise<Found> {
  const [first, ...others] = series.ways;
  let best: Found = { way: first!, count: await countOf(first!) };
  for (const way of others) {
    let parting = 1;
    while (parting <= best.count && way(parting) === best.way(parting)) parting++;
    if (parting > best.count || !await isThere(way, parting, sizeOf)) continue;
    const count = await countOf(way);
    if (count > best.count) best = { way, count };
  }
  return best;
}

async function isThere(way: Found["way"], index: number, sizeOf: SizeOf): Promise<boolean> {
  const name = way(index);
  return name !== undefined && await sizeOf(name) !== undefined;
}
