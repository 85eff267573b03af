/**
 * Makes the index of a volume, from the metadata and the record of its image.
 * @module
 */

import type { InodeNumber } from "../../../ext4/numbers.ts";
import type { Stat } from "../../../ext4/reader/metadata/stat.ts";
import { nameOfLocation } from "../../../host/block_source/location.ts";
import { dataBetweenLongHoles } from "../../../image/content_check.ts";
import { hexOf } from "../../../image/content_record.ts";
import type { ImageReader } from "../../../image/image_reader.ts";
import type { ImageRecord, RecordVerdict } from "../../../image/image_record.ts";
import { IndexWriter } from "./index_writer.ts";
import type { IndexedMetadata, IndexedVolume } from "./indexed.ts";

/** What indexing came to. */
export interface IndexCounts {
  readonly countFolders: number;
  /** Names of all that is not a folder. */
  readonly countFiles: number;
}

/**
 * Describes the volume that an image is, from its first and last blocks.
 * @param isChecked Whether its record is checked as well, for which all of it is read.
 */
export async function describeVolume(
  image: ImageReader,
  name: string,
  isChecked: boolean,
): Promise<IndexedVolume> {
  const record = await image.record();
  const own = await record.ownDigest();
  const noDigests = isChecked ? whyNoDigests(record, await record.verdict()) : undefined;
  return {
    name,
    uuid: image.info.uuid,
    sizeBytes: image.sizeBytes,
    ...own === undefined ? {} : { recordDigest: hexOf(own) },
    ...noDigests === undefined ? {} : { noDigests },
    layers: image.layers.map(({ location, shownName, uuid }) => ({
      name: location === undefined ? shownName : nameOfLocation(location),
      uuid,
    })),
  };
}

/**
 * Writes the index of a volume: no contents are read.
 * @throws what reading the image throws; `signal`'s reason
 */
export async function indexImage(
  image: ImageReader,
  volume: IndexedVolume,
  path: string,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: (countFiles: number) => void } = {},
): Promise<IndexCounts> {
  const record = volume.noDigests === undefined ? await image.record() : undefined;
  const layerOf = layersOf(image);
  const writer = new IndexWriter(path, volume);
  let [countFolders, countFiles] = [0, 0];
  try {
    for await (const { path, stat, entries } of image.walkFolders()) {
      signal?.throwIfAborted();
      writer.folder({ ...metadataOf(stat, layerOf), path });
      countFolders++;
      for (const { name, stat } of entries) {
        if (stat.kind === "folder") continue;
        countFiles++;
        const digest = record !== undefined && stat.kind === "file"
          ? await digestOf(record, stat.inode)
          : undefined;
        const hasHoles = digest !== undefined && stat.allocatedBytes < stat.sizeBytes &&
          await dataBetweenLongHoles(await image.openFile(stat.inode)) !== undefined;
        const metadata = metadataOf(stat, layerOf);
        writer.file({ ...metadata, name, sizeBytes: stat.sizeBytes, digest, hasHoles });
      }
      onProgress?.(countFiles);
    }
    writer.finish();
  } finally {
    writer.discard();
  }
  return { countFolders, countFiles };
}

function metadataOf(
  { mode, uid, gid, mtime, inode }: Stat,
  layerOf: (inode: InodeNumber) => number,
): IndexedMetadata {
  const { seconds, nanoseconds } = mtime;
  return { mode, uid, gid, seconds, nanoseconds, layer: layerOf(inode) };
}

async function digestOf(record: ImageRecord, inode: InodeNumber): Promise<Uint8Array | undefined> {
  await record.prepare(inode);
  return record.digestOf(inode);
}

/** The inodes of a stack are counted from the lowest layer on. */
function layersOf({ layersAlone }: ImageReader): (inode: InodeNumber) => number {
  if (layersAlone === undefined) return () => 0;
  let end = 0;
  const ends = layersAlone.toReversed().map(({ info }) => end += info.countInodes);
  return (inode) => ends.length - 1 - ends.findIndex((end) => inode <= end);
}

function whyNoDigests(record: ImageRecord, verdict: RecordVerdict): string | undefined {
  switch (verdict.state) {
    case "sound":
      return record.hasDigests ? undefined : "its record has no digests";
    case "none":
      return "it has no record of its files' contents";
    case "broken":
      return `its record is damaged, ${verdict.why}`;
    case "unknown":
    case "stale":
      return `its record cannot be used, ${verdict.why}`;
  }
}
