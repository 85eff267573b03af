/**
 * An image, or a stack, as the base that a layer is built on.
 * @module
 */

import { realpathSync, statSync } from "node:fs";
import { basename } from "node:path";
import { isWhiteout, shownXattrs } from "../ext4/overlay_marks.ts";
import type { InodeNumber } from "../ext4/numbers.ts";
import type { Entry } from "../ext4/reader/walk/entry.ts";
import type { RecordBase } from "../ext4/record.ts";
import { isRemote, nameOfLocation } from "../host/block_source/location.ts";
import { UsageError } from "../pipeline/build_errors.ts";
import type { BaseFolder, BaseImage, RecordedContents } from "../steps/since/base_image.ts";
import { dataBetweenLongHoles, mayHaveLongHoles } from "./content_check.ts";
import { ContentRecord } from "./content_record.ts";
import type { ImageReader } from "./image_reader.ts";
import type { ImageRecord } from "./image_record.ts";
import { openReader, type ReadLayer } from "./stack/open_reader.ts";
import { VerdictsAhead } from "./verdicts_ahead.ts";

/** The kernel mounts no more images than these as one tree. */
const MOST_LAYERS = 500;
const NAME_MAX_BYTES = 255;
/** All inodes are read twice, for their checksum and by name: of 200,000, once from the server. */
const REMOTE_CACHE_BYTES = 64 << 20;

/** Of so many inodes, a thread of its own goes through them until they are needed. */
const MANY_INODES = 50_000;

/**
 * Opens a base. Going through its records and inodes is left to `requireSound`; the contents of its
 * files are never read.
 *
 * @param location A path, `http://…`, `https://…` or `s3://BUCKET/KEY`.
 * @throws UsageError `bad-base` where nothing can be built on it; as `openImage` does otherwise
 */
export async function openBase(
  location: string,
  options: {
    readonly signal: AbortSignal;
    readonly bases?: readonly string[];
    readonly identities?: readonly Uint8Array[];
  },
): Promise<BaseImage> {
  const cache = isRemote(location) ? { cacheBytes: REMOTE_CACHE_BYTES } : {};
  const { reader: image, layers } = await openReader(
    location,
    { ...options, ...cache },
    ({ depth }, shownName) => requireRoomAbove(depth + 1, shownName),
  );
  try {
    const record = await image.record();
    if (record.presence !== "present") await requireSound(image, record);
    const binding = await bindingOf(image, record, fileNameOf(location));
    return baseOf(image, record, binding, verdictsAhead(layers, record));
  } catch (error) {
    await image.close();
    throw error;
  }
}

/** A link to a file, as one that always leads to the newest, says nothing in years to come. */
function fileNameOf(location: string): string {
  if (isRemote(location)) return nameOfLocation(location);
  const path = realpathSync(location);
  return basename(statSync(path).isFile() ? path : location);
}

/** Of what is worth it: not of few inodes, nor of what lies on a server or is encrypted. */
function verdictsAhead(
  layers: readonly ReadLayer[],
  topmost: ImageRecord,
): VerdictsAhead | undefined {
  const countInodes = layers.reduce((sum, { files }) => sum + files.info.countInodes, 0);
  const images = layers.flatMap(({ location, source, record = topmost }) =>
    location !== undefined && source.identity !== undefined && record instanceof ContentRecord
      ? [{ location, source, record }]
      : []
  );
  if (countInodes < MANY_INODES || images.length < layers.length) return undefined;
  return new VerdictsAhead(images, images.length === 1);
}

async function requireSound({ shownName }: ImageReader, record: ImageRecord): Promise<void> {
  const verdict = await record.verdict(undefined, true);
  switch (verdict.state) {
    case "sound":
      return;
    case "none":
      throw refused(
        shownName,
        "it holds no record of its files' contents",
        "Build a full image with one: by recipe native.",
      );
    case "unknown":
      throw refused(shownName, verdict.why, "Use the icecore that made it, or a later one.");
    case "stale":
      throw refused(
        shownName,
        `it was written to since it was made: ${verdict.why}`,
        "Use an unchanged copy.",
      );
    case "broken":
      throw refused(shownName, `its record is damaged: ${verdict.why}`, "Use another copy.");
  }
}

/** @param countLayers in the stack that is to be built on */
function requireRoomAbove(countLayers: number, shownName: string): void {
  if (countLayers < MOST_LAYERS) return;
  throw refused(
    shownName,
    `${countLayers} images lie on each other by now, and Linux mounts no more than ${MOST_LAYERS}`,
    "Make one full image of them first, with icecore merge.",
  );
}

async function bindingOf(
  { info, shownName }: ImageReader,
  record: ImageRecord,
  fileName: string,
): Promise<RecordBase> {
  const name = new TextEncoder().encode(fileName);
  if (name.length === 0 || name.length > NAME_MAX_BYTES || name.includes(0)) {
    const what = `Name a file, with at most ${NAME_MAX_BYTES} bytes in its name.`;
    throw refused(shownName, "a layer must say what the file below it is called", what);
  }
  const depth = (record.base?.depth ?? 0) + 1;
  const digest = (await record.ownDigest())!;
  const uuid = Uint8Array.from(
    info.uuid.replaceAll("-", "").match(/../g)!,
    (hex) => parseInt(hex, 16),
  );
  return { name, uuid, digest, depth };
}

function refused(shownName: string, why: string, what: string): UsageError {
  return new UsageError(`cannot build on ${shownName}: ${why}. ${what}`, "bad-base");
}

function baseOf(
  image: ImageReader,
  record: ImageRecord,
  binding: RecordBase,
  ahead: VerdictsAhead | undefined,
): BaseImage {
  // A stack shows what overlayfs shows. A full image shows what is stored, which as the lowest of a
  // stack is not the same.
  const isStack = record.base !== undefined;
  return {
    shownName: image.shownName,
    locations: image.layers.flatMap(({ location }) => location ?? []),
    binding,
    hasAllTimes: record.hasAllTimes === true,
    async requireSound() {
      ahead?.adopt();
      ahead?.close();
      await requireSound(image, record);
    },
    folders: () => baseFolders(image, isStack),
    async xattrs(inode: InodeNumber) {
      const xattrs = await image.xattrs(inode);
      return isStack ? xattrs : shownXattrs(xattrs);
    },
    target: (inode: InodeNumber) => image.readLink(inode),
    async contents(stat): Promise<RecordedContents | undefined> {
      await record.prepare(stat.inode);
      const digest = record.digestOf(stat.inode);
      if (digest === undefined) return undefined;
      // Most files need no look at where their data lies.
      if (!mayHaveLongHoles(stat)) return { digest };
      const ranges = await dataBetweenLongHoles(await image.openFile(stat.inode));
      return ranges === undefined ? { digest } : { digest, ranges };
    },
    async close() {
      ahead?.close();
      await image.close();
    },
  };
}

async function* baseFolders(image: ImageReader, isStack: boolean): AsyncGenerator<BaseFolder> {
  for await (const { stat, entries } of image.walkFolders()) {
    const shown: Entry[] = [];
    for (const entry of entries) if (isStack || !isHidden(entry)) shown.push(entry);
    yield { stat, entries: shown };
  }
}

function isHidden(entry: Entry): boolean {
  return entry.kind === "character-device" && isWhiteout(entry.stat.mode, entry.stat.device);
}
