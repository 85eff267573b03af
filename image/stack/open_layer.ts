/**
 * Opens one image, whatever it lies on.
 * @module
 */

import { CorruptImageError } from "../../ext4/image_errors.ts";
import type { BlockSource } from "../../ext4/reader/bytes/block_source.ts";
import { openFileSystem } from "../../ext4/reader/file_system.ts";
import { hasSuperblockToUse } from "../../ext4/reader/open/superblock_copy.ts";
import { settle } from "../../ext4/reader/reading.ts";
import { SUPERBLOCK } from "../../ext4/structs/superblock.ts";
import type { HostBlockSource } from "../../host/block_source/block_source.ts";
import type { Descriptors } from "../../host/block_source/descriptors.ts";
import { openSource } from "../../host/block_source/open_source.ts";
import { boundGarbage } from "../../host/garbage_bound.ts";
import { ContentRecord } from "../content_record.ts";
import type { OpenImageOptions } from "../image_reader.ts";
import { saysNoImage, withName } from "../no_image.ts";
import { imageWithin } from "../stored/partition.ts";
import { withLastPart } from "../stored/split/last_part.ts";
import { unwrap } from "../stored/unwrap.ts";
import type { OpenFiles, OpenLayer } from "./layer.ts";

/**
 * Opens it, and reads the header of its record.
 * @param mostCacheBytes of it, whatever the options say
 * @param descriptors what it shares them with; default: it keeps its own
 * @throws CorruptImageError, UnsupportedFeatureError, EnvironmentError
 */
export async function openLayer(
  source: string,
  options: OpenImageOptions,
  mostCacheBytes?: number,
  descriptors?: Descriptors,
): Promise<OpenLayer> {
  return await withRecord(await openFiles(source, options, mostCacheBytes, descriptors));
}

/** With the header of its record. */
export async function withRecord(opened: OpenFiles): Promise<OpenLayer> {
  try {
    return { ...opened, record: await ContentRecord.open(opened.files) };
  } catch (error) {
    opened.source.close();
    throw error;
  }
}

/** Opens it, and no more. @throws as `openLayer` */
export async function openFiles(
  source: string | BlockSource,
  options: OpenImageOptions,
  mostCacheBytes = Infinity,
  descriptors?: Descriptors,
): Promise<OpenFiles> {
  const location = typeof source === "string" ? { location: source } : {};
  let opened = typeof source === "string"
    ? await openSource(source, options, descriptors)
    : borrowed(source);
  try {
    opened = await unwrap(opened, { ...options, ...location });
    opened = await imageWithin(opened, options);
    const caching = opened.isLocal ? LOCAL_CACHE : REMOTE_CACHE;
    const cacheBytes = Math.min(options.cacheBytes ?? caching.cacheBytes, mostCacheBytes);
    const files = await openFileSystem(opened, {
      ...caching,
      ...options,
      cacheBytes,
      afterMany: boundGarbage,
    });
    return { files, source: opened, ...location };
  } catch (error) {
    const named = saysNoImage(error)
      ? await withName(error, opened)
      : withLastPart(await withSalvageability(error, opened), opened);
    opened.close();
    throw named;
  }
}

/** The same error; where the superblock is broken beyond help, its field `copies` is 0. */
async function withSalvageability(error: unknown, source: BlockSource): Promise<unknown> {
  if (!(error instanceof CorruptImageError) || error.structure !== SUPERBLOCK.name) return error;
  if (error.code === "truncated" || await settle(hasSuperblockToUse(source))) return error;
  const { code, structure, message, fields } = error;
  return new CorruptImageError(code, structure, message, { ...fields, copies: 0 }, {
    cause: error,
  });
}

/** The kernel caches what is local: here a little is enough, and memory is saved. */
const LOCAL_CACHE = {
  cacheBytes: 1 << 20,
  longestReadBytes: 64 << 10,
  firstReadBytes: 64 << 10,
  cachesContents: false,
};
/** Long enough reads for few requests: 100,000 files are listed with some 30. */
const REMOTE_CACHE = { cacheBytes: 16 << 20, longestReadBytes: 2 << 20 };

/** A source of the caller's own, which the caller closes; one that was opened here is known. */
function borrowed(source: BlockSource & Partial<Omit<HostBlockSource, "read">>): HostBlockSource {
  const { sizeBytes, shownName = "the image", isLocal = false } = source;
  return {
    sizeBytes,
    shownName,
    isLocal,
    read: (offsetBytes, into) => source.read(offsetBytes, into),
    close: () => {},
  };
}
