/**
 * One side of a comparison: an image or folders, as a tree and a way to contents.
 * @module
 */

import type { UnsupportedFeatureError } from "../../ext4/image_errors.ts";
import type { Tree, TreeInode } from "../../ext4/tree.ts";
import { Breather } from "../../host/breathe.ts";
import { hasCode } from "../../host/libc/errno.ts";
import { close, type Descriptor, readAt, seek } from "../../host/libc/files.ts";
import type { Problem } from "../../pipeline/problem.ts";
import type { SourcePlacement } from "../../source/placement.ts";
import { scannedSource } from "../../source/scanned_source.ts";
import { walk } from "../../source/walk.ts";
import type { ImageFile } from "../image_file.ts";
import type { ImageReader } from "../image_reader.ts";
import { readImageTree } from "../image_tree.ts";
import type { Content } from "./content.ts";
import { type RecordedDigests, recordedDigests } from "./content_digest.ts";

/** One side. */
export interface Side {
  readonly kind: "image" | "folder";
  readonly tree: Tree;
  /** Whether the root folder is one that somebody has, and its metadata mean something. */
  readonly hasRealRoot: boolean;
  /** Small inodes hold whole seconds only. */
  readonly hasNanoseconds: boolean;
  /** What the contents of an image's files are, without reading them. */
  readonly digests?: RecordedDigests;
  /** @throws SystemError when a file of a folder cannot be opened. */
  openFile(row: TreeInode): Promise<Content>;
  close(): void;
}

/** What is said of a file or folder of an image that is sound and cannot be read. */
export function unsupportedProblem({ features }: UnsupportedFeatureError): string {
  return `the image uses ${features.join(", ")} there; what is in it is not compared`;
}

/** How sides are read. */
export interface SideOptions {
  readonly signal: AbortSignal;
  onProgress(countInodes: number): void;
  onProblem(problem: Problem): void;
  /** Globs of names that are left out of folders. */
  readonly exclude: readonly string[];
  /** Whether the record of an image is taken for its contents. */
  readonly usesRecord: boolean;
  /** Folders of other file systems count as empty. */
  readonly oneFileSystem: boolean;
}

/** Inodes of this size have no room for nanoseconds. */
const SMALL_INODE_BYTES = 128;

/** An image as a side; the caller closes the image. */
export async function imageSide(image: ImageReader, options: SideOptions): Promise<Side> {
  const { signal, onProgress, usesRecord } = options;
  const { tree, inodeOf, allocatedBytesOf } = await readImageTree(image, { signal, onProgress });
  const digests = usesRecord
    ? await recordedDigests(image, tree, inodeOf, allocatedBytesOf)
    : undefined;
  return {
    ...(digests === undefined ? {} : { digests }),
    kind: "image",
    tree,
    hasRealRoot: true,
    hasNanoseconds: image.info.inodeSizeBytes > SMALL_INODE_BYTES,
    async openFile(row) {
      const file = await image.openFile(inodeOf(row));
      return {
        read: (offset, into) => file.read(offset, into),
        nextData: nextIn(file.dataRanges()),
        close() {},
      };
    },
    close() {},
  };
}

/** Folders as a side, placed as `build` places them. */
export async function folderSide(placement: SourcePlacement, options: SideOptions): Promise<Side> {
  const { signal, onProgress, onProblem, exclude, oneFileSystem } = options;
  const walked = await walk(placement, {
    exclude,
    oneFileSystem,
    allTimes: false,
    signal,
    onProgress,
    onProblem,
  });
  const source = scannedSource(walked);
  const breather = new Breather(signal);
  return {
    kind: "folder",
    tree: source.tree,
    hasRealRoot: placement.root !== undefined,
    hasNanoseconds: true,
    openFile(row) {
      const fd = source.open(row) as Descriptor;
      return Promise.resolve({
        read: (offset, into) => readPatiently(fd, into, offset, breather),
        nextData: (offset) => nextDataOf(fd, offset),
        close: () => close(fd),
      });
    },
    close: () => source.close(),
  };
}

/** Most files give all at once; of some, each byte has to be asked for. */
function readPatiently(
  fd: Descriptor,
  into: Uint8Array,
  offset: number,
  breather: Breather,
): number | Promise<number> {
  const count = readAt(fd, into, offset);
  return count === 0 || count === into.length ? count : readOn(fd, into, offset, count, breather);
}

async function readOn(
  fd: Descriptor,
  into: Uint8Array,
  offset: number,
  countRead: number,
  breather: Breather,
): Promise<number> {
  let done = countRead;
  while (done < into.length) {
    const count = readAt(fd, into.subarray(done), offset + done);
    if (count === 0) break;
    done += count;
    if (breather.due) await breather.pause();
  }
  return done;
}

/** Goes through the ranges as far as it is asked to. */
function nextIn(ranges: ReturnType<ImageFile["dataRanges"]>): Content["nextData"] {
  let [start, end] = [0, 0];
  return async (offset) => {
    while (end <= offset) {
      const next = await ranges.next();
      [start, end] = next.done === true
        ? [Infinity, Infinity]
        : [next.value.startBytes, next.value.endBytes];
    }
    return Math.max(start, offset);
  };
}

function nextDataOf(fd: Descriptor, offset: number): number {
  try {
    const start = seek(fd, offset, "data");
    return start < 0 ? Infinity : start;
  } catch (error) {
    // The file system knows nothing of holes.
    if (hasCode(error, "EINVAL", "EOPNOTSUPP")) return offset;
    throw error;
  }
}
