/**
 * Opens an image with all that it lies on.
 * @module
 */

import { CorruptImageError } from "../../ext4/image_errors.ts";
import type { BlockSource } from "../../ext4/reader/bytes/block_source.ts";
import type { RecordBase } from "../../ext4/record.ts";
import { RECORD_HEADER } from "../../ext4/structs/record.ts";
import { ContentRecord } from "../content_record.ts";
import type { ImageReader, ImageReaderLayer, OpenImageOptions } from "../image_reader.ts";
import { SourceReader } from "../source_reader.ts";
import { type Numbered, numberLayers, type OpenFiles, type OpenLayer } from "./layer.ts";
import { openFiles, withRecord } from "./open_layer.ts";
import { openStack } from "./open_stack.ts";
import { StackFiles } from "./stack_files.ts";
import { StackRecord } from "./stack_record.ts";
import { StackSource } from "./stack_source.ts";

/** An image that a reader reads; its record, where that had to be opened. */
export type ReadLayer = OpenFiles & Numbered & Partial<Pick<OpenLayer, "record">>;

/**
 * Opens it.
 * @param admit of a layer, is asked before those below it are opened, and throws where it refuses
 * @returns The reader, and the images that it reads, topmost first.
 * @throws as `openImage`
 */
export async function openReader(
  source: string | BlockSource,
  options: OpenImageOptions,
  admit: (base: RecordBase, shownName: string) => void = () => {},
): Promise<{ readonly reader: ImageReader; readonly layers: readonly ReadLayer[] }> {
  const opened = await openFiles(source, options);
  if (!await opened.files.mayBeLayer()) return alone(opened, false);
  const top = await withRecord(opened);
  const isLayer = top.record.base !== undefined;
  if (top.record.mayBeLayer && options.layer !== true) refuseHalf(top, options);
  if (!isLayer || options.layer === true) return alone(top, isLayer);
  try {
    admit(top.record.base!, opened.source.shownName);
    const layers = await openStack(top, options);
    const record = new StackRecord(layers);
    const reader = new SourceReader({
      files: new StackFiles(layers),
      source: new StackSource(layers),
      openRecord: () => Promise.resolve(record),
      layers: layers.map(shownLayer),
      isLayerAlone: false,
      layersAlone: layers.map(lent),
    });
    return { reader, layers };
  } catch (error) {
    top.source.close();
    throw error;
  }
}

/** One image by itself. */
function alone(opened: OpenFiles & Partial<OpenLayer>, isLayerAlone: boolean) {
  const { files, source, record } = opened;
  const openRecord = () =>
    record === undefined ? ContentRecord.open(files) : Promise.resolve(record);
  const layers = [shownLayer(opened)];
  const reader = new SourceReader({ files, source, openRecord, layers, isLayerAlone });
  return { reader, layers: numberLayers([opened]) };
}

/** One image of a stack by itself: the stack closes it. */
function lent({ files, source, record, ...opened }: OpenLayer): ImageReader {
  const { shownName, sizeBytes, isLocal, file } = source;
  return new SourceReader({
    files,
    source: {
      shownName,
      sizeBytes,
      isLocal,
      file,
      get traffic() {
        return source.traffic;
      },
      close: () => {},
    },
    // A record keeps a stretch of itself at hand: two readers do not share one.
    openRecord: () => ContentRecord.open(files),
    layers: [shownLayer({ files, source, ...opened })],
    isLayerAlone: record.base !== undefined,
  });
}

/** What may be a layer of nobody knows what is not shown as if it were all. */
function refuseHalf({ source }: OpenLayer, { onBroken }: OpenImageOptions): void {
  const error = new CorruptImageError(
    "layer-record",
    RECORD_HEADER.name,
    `cannot read ${source.shownName} as a whole: its record is lost or damaged, or of a later ` +
      "version of icecore, and seems to be that of a layer; which image lies below is not known. " +
      "Use another copy, or read it alone, as a layer.",
    {},
  );
  if (onBroken !== undefined) return onBroken(error, undefined);
  source.close();
  throw error;
}

function shownLayer({ files, source, location }: OpenFiles): ImageReaderLayer {
  return {
    shownName: source.shownName,
    sizeBytes: source.sizeBytes,
    uuid: files.info.uuid,
    location,
  };
}
