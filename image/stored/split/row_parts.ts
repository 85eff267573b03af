/**
 * Parts without a manifest, as the program `split` makes them: by their names and sizes.
 * @module
 */

import type { HostBlockSource } from "../../../host/block_source/block_source.ts";
import { findByLeaps, findInRow } from "./find_parts.ts";
import { faultOf } from "./part_damage.ts";
import type { PartFolder } from "./part_folder.ts";
import type { PartSeries } from "./part_names.ts";
import type { PartPlace } from "./parts_source.ts";

/** `split -n` cuts into parts whose sizes differ by so much. */
const MOST_DIFFERENCE_BYTES = 1;

/**
 * The parts of a series, whose first is there.
 *
 * @returns Only the first where no other lies beside it.
 */
export async function rowParts(
  series: PartSeries,
  first: HostBlockSource,
  folder: PartFolder,
): Promise<PartPlace[]> {
  const { shownName } = first;
  const firstName = series.ways[0]!(0)!;
  const sizeOf = (name: string) => name === firstName ? first.sizeBytes : folder.sizeOf(name);
  if (!folder.isLocal) {
    const parts = await findByLeaps(series, sizeOf);
    const usual = parts[0]!.sizeBytes!;
    return parts.map(({ name, sizeBytes = usual }) => {
      return { name, sizeBytes, open: () => folder.open(name, sizeBytes) };
    });
  }
  const parts = await findInRow(series, sizeOf);
  const usual = first.sizeBytes;
  const places: PartPlace[] = [];
  let startBytes = 0;
  for (const [index, { name, sizeBytes: actual }] of parts.entries()) {
    const isLast = index === parts.length - 1;
    const isFine = actual !== undefined &&
      (isLast || Math.abs(actual - usual) <= MOST_DIFFERENCE_BYTES);
    const sizeBytes = isFine ? actual : usual;
    const part = { name, index, startBytes, sizeBytes };
    const fault = isFine ? undefined : faultOf(part, actual, shownName);
    const open = () => folder.open(name, actual ?? usual);
    places.push({ name, sizeBytes, ...fault && { fault }, open });
    startBytes += sizeBytes;
  }
  return places;
}
