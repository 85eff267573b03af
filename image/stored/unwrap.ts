/**
 * From what is stored to the image in it: layer over layer, until something is met that is not one.
 * @module
 */

import type { HostBlockSource } from "../../host/block_source/block_source.ts";
import { siblingLocation } from "../../host/block_source/location.ts";
import { openSource } from "../../host/block_source/open_source.ts";
import { SourceOver } from "../../host/block_source/source_over.ts";
import { EnvironmentError } from "../../host/environment_error.ts";
import { ageLayer } from "./age/age_layer.ts";
import { armorLayer } from "./age/armor_layer.ts";
import { HEAD_BYTES, type Layer, type LayerContext, type UnwrapOptions } from "./layer.ts";
import { splitLayer } from "./split.ts";
import { zstdLayer } from "./zstd/zstd_layer.ts";

/** All layers that are known. */
const LAYERS: readonly Layer[] = [splitLayer, ageLayer, armorLayer, zstdLayer];

/** Nobody stores an image in more; bytes made to be unwrapped without end come to one here. */
const MOST_LAYERS = 8;

/**
 * Unwraps.
 *
 * @returns The innermost source, which owns `source`; `source` itself where that is not a layer.
 * @throws EnvironmentError, CorruptImageError when a layer cannot be opened; `source` stays open.
 */
export async function unwrap(
  source: HostBlockSource,
  options: UnwrapOptions = {},
  layers: readonly Layer[] = LAYERS,
): Promise<HostBlockSource> {
  const outermost = new Outermost(source);
  let current: HostBlockSource = outermost;
  try {
    for (let depth = 0;; depth++) {
      const inner = await openLayer(current, contextOf(options, depth), layers);
      if (inner === undefined) break;
      current = inner;
      if (depth === MOST_LAYERS) throw tooManyLayers(source);
    }
  } catch (error) {
    current.close();
    throw error;
  }
  if (current === outermost) return source;
  outermost.isOwned = true;
  return current;
}

/** The same of parts alone: what they are together may be encrypted or compressed still. */
export function unwrapParts(
  source: HostBlockSource,
  options: UnwrapOptions,
): Promise<HostBlockSource> {
  return unwrap(source, options, [splitLayer]);
}

/** The outermost layer of a source, without opening it; `undefined` where there is none. */
export async function outermostLayer(
  source: HostBlockSource,
  options: UnwrapOptions = {},
): Promise<string | undefined> {
  const head = await headOf(source);
  return LAYERS.find((each) => each.matches(head, contextOf(options, 0)))?.name;
}

/** @returns `undefined` where it is not a layer. */
async function openLayer(
  source: HostBlockSource,
  context: LayerContext,
  layers: readonly Layer[],
): Promise<HostBlockSource | undefined> {
  const head = await headOf(source);
  for (const layer of layers) {
    const inner = layer.matches(head, context) ? await layer.open(source, context) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function contextOf(options: UnwrapOptions, depth: number): LayerContext {
  const { location } = options;
  return {
    options,
    depth,
    openBeside: async (name) =>
      location === undefined
        ? undefined
        : await openSource(siblingLocation(location, name), options),
  };
}

async function headOf(source: HostBlockSource): Promise<Uint8Array> {
  const head = new Uint8Array(Math.min(HEAD_BYTES, source.sizeBytes));
  if (head.length > 0) await source.read(0, head);
  return head;
}

function tooManyLayers({ shownName }: HostBlockSource): EnvironmentError {
  return new EnvironmentError(
    `cannot read ${shownName}: it is wrapped in more than ${MOST_LAYERS} layers of encryption and ` +
      "compression, as no image is. See whether it is the right file.",
    "too-many-layers",
  );
}

/** What was given, which is closed only by those who have come to own it. */
class Outermost extends SourceOver {
  isOwned = false;

  override close(): void {
    if (this.isOwned) super.close();
  }
}
