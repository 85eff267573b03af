/**
 * From what is stored to the image in it: layer over layer, until something is met that is none.
 * @module
 */

import type { HostBlockSource, Traffic } from "../../host/block_source/block_source.ts";
import { siblingLocation } from "../../host/block_source/location.ts";
import { openSource } from "../../host/block_source/open_source.ts";
import { EnvironmentError } from "../../host/environment_error.ts";
import { ageLayer } from "./age/age_layer.ts";
import { armorLayer } from "./age/armor_layer.ts";
import { HEAD_BYTES, type Layer, type LayerContext, type UnwrapOptions } from "./layer.ts";
import { zstdLayer } from "./zstd/zstd_layer.ts";

/** All layers that are known. */
const LAYERS: readonly Layer[] = [ageLayer, armorLayer, zstdLayer];

/** Nobody stores an image in more; bytes made to be unwrapped without end come to one here. */
const MOST_LAYERS = 8;

/**
 * Unwraps.
 *
 * @returns The innermost source, which owns `source`; `source` itself where that is no layer.
 * @throws EnvironmentError, CorruptImageError when a layer cannot be opened; `source` stays open.
 */
export async function unwrap(
  source: HostBlockSource,
  options: UnwrapOptions = {},
): Promise<HostBlockSource> {
  const outermost = new Outermost(source);
  let current: HostBlockSource = outermost;
  try {
    for (let depth = 0;; depth++) {
      const context = contextOf(options, depth);
      const head = await headOf(current);
      const layer = LAYERS.find((each) => each.matches(head, context));
      if (layer === undefined) break;
      if (depth === MOST_LAYERS) throw tooManyLayers(source);
      current = await layer.open(current, context);
    }
  } catch (error) {
    current.close();
    throw error;
  }
  if (current === outermost) return source;
  outermost.isOwned = true;
  return current;
}

/** The outermost layer of a source, without opening it; `undefined` where there is none. */
export async function outermostLayer(
  source: HostBlockSource,
  options: UnwrapOptions = {},
): Promise<string | undefined> {
  const head = await headOf(source);
  return LAYERS.find((each) => each.matches(head, contextOf(options, 0)))?.name;
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
class Outermost implements HostBlockSource {
  isOwned = false;

  constructor(private readonly source: HostBlockSource) {}

  get sizeBytes(): number {
    return this.source.sizeBytes;
  }

  get shownName(): string {
    return this.source.shownName;
  }

  get isLocal(): boolean {
    return this.source.isLocal;
  }

  get traffic(): Traffic | undefined {
    return this.source.traffic;
  }

  read(offsetBytes: number, into: Uint8Array): Promise<void> | void {
    return this.source.read(offsetBytes, into);
  }

  close(): void {
    if (this.isOwned) this.source.close();
  }
}
