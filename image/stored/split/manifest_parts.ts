/**
 * The parts that a manifest names.
 * @module
 */

import type { HostBlockSource } from "../../../host/block_source/block_source.ts";
import { EnvironmentError } from "../../../host/environment_error.ts";
import {
  parsePartManifest,
  PART_MANIFEST_MARK,
  type PartManifest,
} from "../../../pipeline/part_manifest.ts";
import type { PartFolder } from "./part_folder.ts";
import { faultOf } from "./part_damage.ts";
import type { PartPlace } from "./parts_source.ts";

/** Longer than one of a million parts. */
const MOST_BYTES = 256 << 20;

/** Whether a file begins as a manifest does. */
export function isManifest(head: Uint8Array): boolean {
  const mark = new TextEncoder().encode(PART_MANIFEST_MARK);
  return head.length >= mark.length && mark.every((byte, i) => head[i] === byte);
}

/** Reads a manifest. @throws EnvironmentError `bad-manifest` */
export async function readManifest(source: HostBlockSource): Promise<PartManifest> {
  const { sizeBytes, shownName } = source;
  const bytes = new Uint8Array(sizeBytes > MOST_BYTES ? 0 : sizeBytes);
  if (bytes.length > 0) await source.read(0, bytes);
  const manifest = parsePartManifest(new TextDecoder().decode(bytes));
  if (manifest !== undefined) return manifest;
  throw new EnvironmentError(
    `cannot read ${shownName}: it begins as a manifest of parts, and is damaged. Get another copy ` +
      "of it; the parts in order, without it, are the whole.",
    "bad-manifest",
  );
}

/**
 * The parts of a manifest. Of those on this machine sizes are compared at once; those on a server
 * are looked at when they are read, as each would cost a request.
 */
export async function manifestParts(
  { parts }: PartManifest,
  shownName: string,
  folder: PartFolder,
): Promise<PartPlace[]> {
  const places: PartPlace[] = [];
  let startBytes = 0;
  for (const [index, { name, sizeBytes }] of parts.entries()) {
    const part = { name, index, startBytes, sizeBytes };
    const actual = folder.isLocal ? await folder.sizeOf(name) : sizeBytes;
    const fault = actual === sizeBytes ? undefined : faultOf(part, actual, shownName);
    // What is left of a part that was cut can be read.
    const open = () => folder.open(name, actual ?? sizeBytes);
    places.push({ name, sizeBytes, ...fault && { fault }, open });
    startBytes += sizeBytes;
  }
  return places;
}
