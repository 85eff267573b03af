/**
 * Opens the images below a layer, each found by what the record of the one above says of it.
 * @module
 */

import { hasCode } from "../../host/libc/errno.ts";
import { Descriptors } from "../../host/block_source/descriptors.ts";
import { shownLocation } from "../../host/block_source/location.ts";
import type { RecordBase } from "../../ext4/record.ts";
import { messageOf } from "../../pipeline/build_errors.ts";
import type { OpenImageOptions } from "../image_reader.ts";
import { noBase, type Tried, whyNotBase } from "./base_binding.ts";
import { placesOfBase } from "./find_base.ts";
import { type Layer, numberLayers, type OpenLayer } from "./layer.ts";
import { openLayer } from "./open_layer.ts";

/** Kept of all layers together, and at least so much of each. */
const CACHE_BYTES = 32 << 20;
const LEAST_CACHE_BYTES = 256 << 10;

/**
 * Opens all that a layer lies on.
 *
 * @param top stays open whatever happens
 * @returns All layers, topmost first.
 * @throws EnvironmentError `base-missing`, `wrong-base`, `base-unreadable`, each naming the file
 * that is wanted; the signal's reason
 */
export async function openStack(top: OpenLayer, options: OpenImageOptions): Promise<Layer[]> {
  const layers = [top];
  const countLayers = (top.record.base?.depth ?? 0) + 1;
  const cacheBytes = Math.max(LEAST_CACHE_BYTES, Math.floor(CACHE_BYTES / countLayers));
  const descriptors = new Descriptors();
  try {
    for (let base = top.record.base; base !== undefined; base = layers.at(-1)!.record.base) {
      layers.push(await openBase(layers.at(-1)!, base, options, cacheBytes, descriptors));
    }
  } catch (error) {
    for (const { source } of layers.slice(1)) source.close();
    throw error;
  }
  return numberLayers(layers);
}

/** Opens the image right below a layer. @throws as `openStack` */
export async function openBase(
  layer: Pick<OpenLayer, "location" | "source">,
  base: RecordBase,
  options: OpenImageOptions,
  mostCacheBytes?: number,
  descriptors?: Descriptors,
): Promise<OpenLayer> {
  const tried: Tried[] = [];
  // Those of the image that was named.
  const own = { ...options, partition: undefined, imageOffsetBytes: undefined };
  for (const location of placesOfBase(layer.location, base.name, options.bases ?? [])) {
    const place = shownLocation(location);
    let opened: OpenLayer;
    try {
      opened = await openLayer(location, own, mostCacheBytes, descriptors);
    } catch (error) {
      options.signal?.throwIfAborted();
      tried.push(
        hasCode(error, ...NOTHING_THERE) ? { place } : {
          place,
          why: messageOf(error),
          cause: error,
        },
      );
      continue;
    }
    try {
      const why = await whyNotBase(base, opened);
      if (why === undefined) return opened;
      tried.push({ place, why });
    } catch (error) {
      options.signal?.throwIfAborted();
      tried.push({ place, why: messageOf(error), cause: error });
    }
    opened.source.close();
  }
  throw noBase(layer.source.shownName, base, tried);
}

const NOTHING_THERE = ["no-image", "url-not-found"] as const;
