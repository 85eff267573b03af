/**
 * Makes a catalogue of images: from their metadata and records, never their contents.
 * @module
 */

import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { isRemote, nameOfLocation } from "../../host/block_source/location.ts";
import { Breather } from "../../host/breathe.ts";
import { type ClaimedOutput, claimFile } from "../../host/files/claim_output.ts";
import { explainWrite } from "../../host/files/write_error.ts";
import { releaseLeftoversOf } from "../../host/leftovers/leftovers.ts";
import type { ImageReader } from "../../image/image_reader.ts";
import { ReleaseError } from "../../pipeline/build_errors.ts";
import { CatalogueWriter, type PlacedVolume } from "./catalogue_writer.ts";
import { IndexCursor } from "./index/index_cursor.ts";
import { describeVolume, indexImage } from "./index/index_image.ts";
import type { IndexedVolume } from "./index/indexed.ts";
import { mergeIndexes } from "./merge_indexes.ts";

/** How a catalogue is made. */
export interface CatalogueRequest {
  /** Paths and URLs of the images; a path that several hold is found in the last one first. */
  readonly images: readonly string[];
  readonly output: string;
  /** Whether a catalogue that is there is replaced. */
  readonly force: boolean;
  /** Where the volumes' indexes are kept: those whose images are the same are not made again. */
  readonly indexes?: string | undefined;
  readonly signal: AbortSignal;
  /** Opens an image. */
  open(location: string): Promise<ImageReader>;
  /** Receives each volume when its index is there. */
  onVolume?(volume: IndexedVolume, number: number, isKept: boolean): void;
  /** Receives how many files of the volume have been met. */
  onProgress?(volume: string, countFiles: number): void;
}

/** What a catalogue came to. */
export interface MadeCatalogue {
  readonly volumes: readonly IndexedVolume[];
  readonly countFolders: number;
  readonly countFiles: number;
}

/**
 * Makes it; it appears under its name only when all of it is there.
 * @throws EnvironmentError `output-exists`, `disk-full` and others; what opening an image throws
 */
export async function makeCatalogue(request: CatalogueRequest): Promise<MadeCatalogue> {
  const finalPath = resolve(request.output);
  await releaseLeftoversOf(finalPath);
  const output = claimFile(finalPath, request.force);
  try {
    const made = await make(request, output, finalPath);
    // It holds names out of images: whoever may read those decides who may read it.
    await output.publish([], false);
    output.settle();
    return made;
  } catch (error) {
    try {
      output.discard([], false);
    } catch (undo) {
      throw new ReleaseError([undo], { cause: error });
    }
    throw error;
  }
}

async function make(
  request: CatalogueRequest,
  output: ClaimedOutput,
  finalPath: string,
): Promise<MadeCatalogue> {
  const { indexes, images, signal } = request;
  const folder = indexes ?? temporaryFolder(output, finalPath);
  try {
    mkdirSync(folder, { recursive: true });
    const paths = indexPaths(folder, images);
    const volumes: PlacedVolume[] = [];
    for (const [number, location] of images.entries()) {
      signal.throwIfAborted();
      const volume = await indexOne(request, location, paths[number]!, number);
      volumes.push({ ...volume, location: placeOf(location, finalPath) });
    }
    using writer = new CatalogueWriter(output.path, volumes);
    const breather = new Breather(signal);
    const cursors = paths.map((path) => new IndexCursor(path));
    await mergeIndexes(cursors, writer, () => breather.due ? breather.pause() : undefined);
    return { volumes, ...writer.finish() };
  } catch (error) {
    throw explainWrite(finalPath, isFull(error) ? Object.assign(error, { code: "ENOSPC" }) : error);
  } finally {
    if (indexes === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** Two volumes in different folders may have one name. */
function indexPaths(folder: string, images: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return images.map((location) => {
    const name = nameOfLocation(location);
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return join(folder, count === 1 ? `${name}.index` : `${name}.${count}.index`);
  });
}

async function indexOne(
  request: CatalogueRequest,
  location: string,
  path: string,
  number: number,
): Promise<IndexedVolume> {
  const { signal, onProgress, onVolume } = request;
  await using image = await request.open(location);
  const name = nameOfLocation(location);
  const kept = keptIndex(path, await describeVolume(image, name, false));
  if (kept !== undefined) {
    onVolume?.(kept, number, true);
    return kept;
  }
  const volume = await describeVolume(image, name, true);
  await indexImage(image, volume, path, {
    signal,
    onProgress: (countFiles) => onProgress?.(name, countFiles),
  });
  onVolume?.(volume, number, false);
  return volume;
}

/** What an index that is there says of its volume, if that is this one. */
function keptIndex(path: string, volume: IndexedVolume): IndexedVolume | undefined {
  if (volume.recordDigest === undefined || !existsSync(path)) return undefined;
  try {
    const found = new IndexCursor(path).volume;
    const { noDigests: _, ...rest } = found;
    return JSON.stringify(rest) === JSON.stringify(volume) ? found : undefined;
  } catch {
    // It is made anew, whatever is there.
    return undefined;
  }
}

/** As the catalogue stores it, so that it may be moved together with its volumes. */
function placeOf(location: string, catalogue: string): string {
  if (!isRemote(location)) return relative(dirname(catalogue), resolve(location));
  if (/^s3:/i.test(location)) return location;
  const url = new URL(location);
  // What lets somebody in does not concern whoever reads the catalogue.
  [url.username, url.password, url.search, url.hash] = ["", "", "", ""];
  return url.href;
}

/** Goes with the partial catalogue, however the process ends. */
function temporaryFolder(output: ClaimedOutput, finalPath: string): string {
  const path = `${finalPath}.indexes.partial`;
  output.record(path);
  return path;
}

/** SQLite has numbers of its own for what went wrong. */
function isFull(error: unknown): error is Error {
  return error instanceof Error && "errcode" in error && error.errcode === SQLITE_FULL;
}

const SQLITE_FULL = 13;
