/**
 * Compares two images, or an image with a folder: names, contents, metadata.
 * @module
 */

import type { UnsupportedFeatureError } from "../ext4/image_errors.ts";
import type { Tree } from "../ext4/tree.ts";
import { isRemote } from "../host/block_source/location.ts";
import { fileStatus } from "../host/files/file_status.ts";
import { hasCode } from "../host/libc/errno.ts";
import { requireForeignFunctions } from "../host/libc/library.ts";
import { printable } from "../host/libc/paths.ts";
import type { Problem } from "../pipeline/problem.ts";
import { placeSources } from "../source/placement.ts";
import { compareSides } from "./diff/compare.ts";
import type { Difference } from "./diff/difference.ts";
import { placeBeside } from "./diff/place_folder.ts";
import {
  folderSide,
  imageSide,
  type Side,
  type SideOptions,
  unsupportedProblem,
} from "./diff/side.ts";
import type { ImageReader, OpenImageOptions } from "./image_reader.ts";
import { openImage } from "./open_image.ts";

/**
 * Compares `first` with `second`, each an image's path or URL, or a folder.
 *
 * A folder is compared with what `icecore build FOLDER` makes of it: its own name at the image's
 * root; or with the root itself, where the image has no folder of that name, or for `FOLDER/.`.
 * Sockets, and what else an image cannot hold, are not differences; nor is an empty `lost+found`.
 *
 * @throws CorruptImageError; EnvironmentError and SourceError when a side cannot be read.
 */
export async function diffImages(
  first: string,
  second: string,
  options: {
    /** Of servers: the fewest bytes a minute before reading is given up; default 65,536; 0: none. */
    readonly leastBytesPerMinute?: number;
    /** Where images that an image was built on are looked for when they are not beside it. */
    readonly bases?: readonly string[];
    /** Compare images alone that were built on others, as the layers that they are. */
    readonly layer?: boolean;
    /** Of encrypted images: who can decrypt them; see `openImage`. */
    readonly identities?: readonly (string | Uint8Array)[];
    /** Of what is encrypted with a passphrase; see `openImage`. */
    readonly askPassphrase?: OpenImageOptions["askPassphrase"];
    /** Receives what the program of an identity has to say; see `openImage`. */
    readonly onMessage?: OpenImageOptions["onMessage"];
    /** Of what is a whole disk: the number of the partition to compare; see `openImage`. */
    readonly partition?: number | undefined;
    /** Globs of names to leave out of folders, as `build` left them out. */
    readonly exclude?: readonly string[];
    /** Take folders of other file systems for empty, as `build --one-file-system` stored them. */
    readonly oneFileSystem?: boolean;
    /** Cancels it. */
    readonly signal?: AbortSignal;
    /** Receives each name that differs, in the order of names, folders after what lies beside them. */
    onDifference?(difference: Difference): void;
    /** Receives each name of a folder that could not be read. */
    onProblem?(problem: Problem): void;
    /** Receives how far it is: first in files that were found, then in bytes that were compared. */
    onProgress?(done: number, total: number | undefined, unit: "files" | "bytes"): void;
  } = {},
): Promise<{
  /** How many there are. */
  readonly countDifferences: number;
  /** Names that could not be read: of them nothing is known. */
  readonly countProblems: number;
}> {
  const counter = new Counter(options);
  const firstImage = await openUnlessFolder(first, counter, options);
  try {
    return await diffWith(first, firstImage, second, counter, options);
  } finally {
    await firstImage?.close();
  }
}

/** How to compare. */
type DiffOptions = NonNullable<Parameters<typeof diffImages>[2]>;

/** What came of a comparison. */
type Diff = Awaited<ReturnType<typeof diffImages>>;

async function diffWith(
  first: string,
  firstImage: ImageReader | undefined,
  second: string,
  counter: Counter,
  options: DiffOptions,
): Promise<Diff> {
  const secondImage = await openUnlessFolder(second, counter, options);
  try {
    const sideOptions = counter.sideOptions(true);
    const imageA = firstImage && await imageSide(firstImage, sideOptions);
    const imageB = secondImage && await imageSide(secondImage, sideOptions);
    const a = imageA ?? await besideImage(first, imageB?.tree, sideOptions);
    const b = imageB ?? await besideImage(second, imageA?.tree, sideOptions);
    return await counter.compare(a, b);
  } finally {
    await secondImage?.close();
  }
}

/**
 * Compares an open image with the folders it was built of, and reads the contents of both.
 *
 * @param folders One is placed as {@linkcode diff} places it, several under their own names.
 */
export async function diffWithFolders(
  image: ImageReader,
  folders: readonly string[],
  options: DiffOptions = {},
): Promise<Diff> {
  requireForeignFunctions("compare with a folder");
  const counter = new Counter(options);
  const sideOptions = counter.sideOptions(false);
  const a = await imageSide(image, sideOptions);
  const b = await folderSide(placeBeside(a.tree, folders), sideOptions);
  return await counter.compare(a, b, true);
}

async function openUnlessFolder(
  path: string,
  counter: Counter,
  options: DiffOptions,
): Promise<ImageReader | undefined> {
  if (!isRemote(path) && fileStatus(path)?.isDirectory() === true) {
    requireForeignFunctions("compare with a folder");
    return;
  }
  const { signal, leastBytesPerMinute, identities, askPassphrase, onMessage, partition } = options;
  const opening: OpenImageOptions = {
    cacheBytes: 8 << 20,
    onUnsupported: (error, path) => counter.leftOut(error, path),
    askPassphrase,
    onMessage,
    ...(identities === undefined ? {} : { identities }),
    ...(signal === undefined ? {} : { signal }),
    ...(leastBytesPerMinute === undefined ? {} : { leastBytesPerMinute }),
    ...(options.bases === undefined ? {} : { bases: options.bases }),
    ...(options.layer === undefined ? {} : { layer: options.layer }),
  };
  try {
    return await openImage(path, { ...opening, partition });
  } catch (error) {
    // A disk is compared with an image of one of its partitions.
    if (!hasCode(error, "no-partitions")) throw error;
    return await openImage(path, opening);
  }
}

function besideImage(path: string, image: Tree | undefined, options: SideOptions): Promise<Side> {
  const placement = image === undefined ? placeSources([`${path}/.`]) : placeBeside(image, [path]);
  return folderSide(placement, options);
}

/** Counts what is reported. */
class Counter {
  readonly #signal: AbortSignal;
  #countDifferences = 0;
  #countProblems = 0;

  constructor(private readonly options: DiffOptions) {
    this.#signal = options.signal ?? new AbortController().signal;
  }

  sideOptions(usesRecord: boolean): SideOptions {
    return {
      signal: this.#signal,
      usesRecord,
      exclude: this.options.exclude ?? [],
      oneFileSystem: this.options.oneFileSystem ?? false,
      onProgress: (count) => this.options.onProgress?.(count, undefined, "files"),
      onProblem: (problem) => this.#problem(problem),
    };
  }

  async compare(a: Side, b: Side, findsRanges = false): Promise<Diff> {
    const total = a.tree.sizeBytes.reduce((sum, size) => sum + size, 0);
    try {
      await compareSides(a, b, {
        signal: this.#signal,
        findsRanges,
        onDifference: (difference) => {
          this.#countDifferences++;
          this.options.onDifference?.(difference);
        },
        onProblem: (problem) => this.#problem(problem),
        onProgress: (done) => this.options.onProgress?.(done, total, "bytes"),
      });
    } finally {
      a.close();
      b.close();
    }
    return { countDifferences: this.#countDifferences, countProblems: this.#countProblems };
  }

  /** What of an image is encrypted: of that, nothing is known. */
  leftOut(error: UnsupportedFeatureError, path: Uint8Array = new Uint8Array()): void {
    const reason = unsupportedProblem(error);
    this.#problem({ kind: "unreadable", path: printable(path), reason });
  }

  #problem(problem: Problem): void {
    this.#countProblems++;
    this.options.onProblem?.(problem);
  }
}
