/**
 * Opens an image with all that it lies on.
 * @module
 */

import { CorruptImageError } from "../../ext4/image_errors.ts";
import type { BlockSource } from "../../ext4/reader/bytes/block_source.ts";
import { RECORD_HEADER } from "../../ext4/structs/record.ts";
import type { ImageReader, ImageReaderLayer, OpenImageOptions } from "../image_reader.ts";
import { SourceReader } from "../source_reader.ts";
import { type Layer, numberLayers, type OpenLayer } from "./layer.ts";
import { openLayer } from "./open_layer.ts";
import { openStack } from "./open_stack.ts";
import { StackFiles } from "./stack_files.ts";
import { StackRecord } from "./stack_record.ts";
import { StackSource } from "./stack_source.ts";

/** Opens it. @returns The reader, and the images that it reads, topmost first. @throws as `openImage` */
export async function openReader(
  source: string | BlockSource,
  options: OpenImageOptions,
): Promise<{ readonly reader: ImageReader; readonly layers: readonly Layer[] }> {
  const top = await openLayer(source, options);
  const { files, source: bytes, record } = top;
  const isLayer = record.base !== undefined;
  if (record.mayBeLayer && options.layer !== true) refuseHalf(top, options);
  if (!isLayer || options.layer === true) {
    const parts = { files, source: bytes, record, isLayerAlone: isLayer };
    const reader = new SourceReader({ ...parts, layers: [shownLayer(top)] });
    return { reader, layers: numberLayers([top]) };
  }
  try {
    const layers = await openStack(top, options);
    const reader = new SourceReader({
      files: new StackFiles(layers),
      source: new StackSource(layers),
      record: new StackRecord(layers),
      layers: layers.map(shownLayer),
      isLayerAlone: false,
    });
    return { reader, layers };
  } catch (error) {
    bytes.close();
    throw error;
  }
}

/** What may be a layer of nobody knows what is not shown as if it were all. */
function refuseHalf({ source }: OpenLayer, { onBroken }: OpenImageOptions): void {
  const error = new CorruptImageError(
    "layer-record",
    RECORD_HEADER.name,
    `cannot read ${source.shownName} as a whole: its record is damaged, or of a later version of ` +
      "icecore, and seems to be that of a layer; which image lies below is not known. " +
      "Use another copy, or read it alone, as a layer.",
    {},
  );
  if (onBroken !== undefined) return onBroken(error, undefined);
  source.close();
  throw error;
}

function shownLayer({ files, source, location }: OpenLayer): ImageReaderLayer {
  return {
    shownName: source.shownName,
    sizeBytes: source.sizeBytes,
    uuid: files.info.uuid,
    location,
  };
}
