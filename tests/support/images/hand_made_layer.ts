/**
 * Layers whose marks are made by hand: what is in a folder is stored as it is.
 * @module
 */

import { basename } from "node:path";
import type { RecordBase } from "../../../ext4/record.ts";
import { openImage } from "../../../image/open_image.ts";
import { pipeline, recipes, type Step } from "../../../mod.ts";
import { output } from "../programs/oracles.ts";

/** Builds an image of what is in a folder, on another one if that is named. */
export async function buildLayer(folder: string, image: string, base?: string): Promise<void> {
  const full = pipeline(recipes.native).without("fsck");
  const chosen = base === undefined ? full : full.insertAfter("scan", onBase(await baseOf(base)));
  await chosen.run({ sources: [`${folder}/.`], output: image });
}

/** How the record of a layer names its base. */
export async function baseOf(image: string): Promise<RecordBase> {
  await using reader = await openImage(image, { layer: true });
  const record = await reader.record();
  const hex = reader.info.uuid.replaceAll("-", "").match(/../g)!;
  return {
    name: new TextEncoder().encode(basename(image)),
    uuid: Uint8Array.from(hex, (byte) => parseInt(byte, 16)),
    digest: (await record.ownDigest())!,
    depth: (record.base?.depth ?? 0) + 1,
  };
}

/** A step that makes an image of all of the source a layer on a base. */
export function onBase(base: RecordBase): Step {
  return {
    name: "on-base",
    shell: false,
    run: (_image, { source, provideSource }) => provideSource({ ...source!, base }),
  };
}

/** Makes a whiteout. */
export function whiteOut(path: string): void {
  output("mknod", ["-m", "0", path, "c", "0", "0"]);
}

/** Makes a folder opaque. */
export function makeOpaque(folder: string): void {
  setAttribute(folder, "trusted.overlay.opaque", "y");
}

/** Gives a file an attribute. */
export function setAttribute(path: string, name: string, value: string): void {
  output("setfattr", ["-n", name, "-v", value, path]);
}
