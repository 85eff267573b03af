/**
 * A file that was cut into parts, by our own `split` or by the program of that name.
 * @module
 */

import type { HostBlockSource } from "../../host/block_source/block_source.ts";
import { nameOfLocation } from "../../host/block_source/location.ts";
import { formatOf } from "../no_image/formats.ts";
import { EXT_HEAD_BYTES, extHeadOf } from "../no_image/ext_head.ts";
import type { Layer, LayerContext } from "./layer.ts";
import { isManifest, manifestParts, readManifest } from "./split/manifest_parts.ts";
import { PartFolder } from "./split/part_folder.ts";
import { type PartSeries, seriesOf } from "./split/part_names.ts";
import { missingPart, type PartExtent } from "./split/part_damage.ts";
import { PartsSource } from "./split/parts_source.ts";
import { rowParts } from "./split/row_parts.ts";

/** How our own `split` names parts. */
const OWN_PART = /^(.+)\.part\d+$/s;
/** The magic of a seek table, which a whole `.zst` that has one ends in. */
const SEEK_TABLE_MAGIC = 0x8f92eab1;

/**
 * The parts of a file. What the user names is the manifest, which is known by its first line, or a
 * part, which can only be known by its name, and by what lies beside it.
 */
export const splitLayer: Layer = {
  name: "split",
  matches: (head, { depth, options: { location } }) =>
    depth === 0 && location !== undefined &&
    (isManifest(head) || OWN_PART.test(nameOfLocation(location)) ||
      seriesOf(nameOfLocation(location)) !== undefined),
  open: openParts,
};

/** @returns `undefined` where the source is not a part, but has such a name. */
async function openParts(
  source: HostBlockSource,
  { options }: LayerContext,
): Promise<HostBlockSource | undefined> {
  const location = options.location!;
  const folder = new PartFolder(location, options);
  let joined: PartsSource | undefined;
  try {
    joined = await joinedFrom(source, nameOfLocation(location), folder);
    const fault = joined?.parts.find(({ fault }) => fault !== undefined)?.fault;
    if (fault !== undefined && options.onBroken === undefined) throw fault.error;
    if (fault !== undefined) options.onBroken!(fault.error, undefined);
    return joined;
  } finally {
    if (joined === undefined) folder.close();
  }
}

async function joinedFrom(
  source: HostBlockSource,
  name: string,
  folder: PartFolder,
): Promise<PartsSource | undefined> {
  const head = await beginningOf(source);
  if (isManifest(head)) {
    const manifest = await readManifest(source);
    const about = { whole: manifest.name, manifest, shownManifest: source.shownName };
    return new PartsSource(about, await manifestParts(manifest, source.shownName, folder), folder, {
      named: source,
    });
  }
  const own = OWN_PART.exec(name)?.[1];
  const beside = own === undefined ? undefined : await folder.look(`${own}.manifest`);
  if (beside !== undefined && isManifest(await beginningOf(beside))) {
    const manifest = await readManifest(beside);
    const index = manifest.parts.findIndex((part) => part.name === name);
    if (index >= 0) {
      const about = { whole: manifest.name, manifest, shownManifest: beside.shownName };
      const parts = await manifestParts(manifest, source.shownName, folder);
      return new PartsSource(about, parts, folder, { named: source, index });
    }
  }
  const series = seriesOf(name);
  if (series === undefined || await isWhole(source, head, series, folder)) return undefined;
  const parts = await rowParts(series, source, folder);
  const isCut = (extHeadOf(head)?.sizeBytes ?? 0) > source.sizeBytes;
  if (parts.length === 1 && isCut) throw missingPart(source.shownName, secondOf(series, source));
  if (parts.length === 1) return undefined;
  return new PartsSource({ whole: series.whole }, parts, folder, { named: source, index: 0 });
}

function secondOf(series: PartSeries, { sizeBytes }: HostBlockSource): PartExtent {
  return { name: series.ways[0]!(1)!, index: 1, startBytes: sizeBytes, sizeBytes };
}

/** Whether the first one of a series is not a part: files that only have such names are left alone. */
async function isWhole(
  source: HostBlockSource,
  head: Uint8Array,
  series: PartSeries,
  folder: PartFolder,
): Promise<boolean> {
  const ext = extHeadOf(head);
  if (ext !== undefined) return ext.sizeBytes <= source.sizeBytes;
  const format = formatOf(head);
  if (format === undefined) return false;
  if (format.name === "zstd") return await endsInSeekTable(source);
  const second = await folder.look(series.ways[0]!(1)!);
  return second !== undefined && formatOf(await beginningOf(second)) === format;
}

async function endsInSeekTable(source: HostBlockSource): Promise<boolean> {
  const end = new Uint8Array(4);
  if (source.sizeBytes < end.length) return false;
  await source.read(source.sizeBytes - end.length, end);
  return new DataView(end.buffer).getUint32(0, true) === SEEK_TABLE_MAGIC;
}

async function beginningOf(source: HostBlockSource): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.min(EXT_HEAD_BYTES, source.sizeBytes));
  if (bytes.length > 0) await source.read(0, bytes);
  return bytes;
}
