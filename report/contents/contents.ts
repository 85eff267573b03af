/**
 * All that a report says of what is in an image; read from its metadata alone.
 * @module
 */

import { CorruptImageError } from "../../ext4/image_errors.ts";
import type { InodeNumber } from "../../ext4/numbers.ts";
import { leaveOut } from "../../ext4/reader/leave_out.ts";
import { joinPath } from "../../ext4/reader/path.ts";
import type { Stat } from "../../ext4/reader/metadata/stat.ts";
import type { Entry, WalkedFolder } from "../../ext4/reader/walk/entry.ts";
import type { ImageLayout } from "../../image/image_layout.ts";
import type { ImageReader } from "../../image/image_reader.ts";
import { EqualFileFinder, type EqualFiles } from "./equal_files.ts";
import { endingOf, FILE_KINDS, kindOfEnding } from "./file_kinds.ts";
import { type FolderRow, FolderTable, ROOT } from "./folder_table.ts";
import { type ImageMap, ImageMapper } from "./image_map.ts";
import { type LargeFile, LargeFiles } from "./large_files.ts";
import { Months, type Period } from "./months.ts";

/** Files of one ending. */
export interface EndingTotal {
  /** In lower case, without its dot; empty for names without one. */
  readonly ending: string;
  readonly countFiles: number;
  readonly bytes: number;
}

/** What is in an image. */
export interface Contents {
  readonly countFiles: number;
  readonly countFolders: number;
  /** Symbolic links, devices, pipes and sockets. */
  readonly countOthers: number;
  /** Names of files beyond the first: hard links. */
  readonly countMoreNames: number;
  /** The sum of the files' sizes, holes included. */
  readonly sizeBytes: number;
  /** What the files take in the image. */
  readonly allocatedBytes: number;
  /** What holes spare: sizes beyond what is allocated. */
  readonly holesBytes: number;
  readonly oldestSeconds: number | undefined;
  readonly newestSeconds: number | undefined;
  readonly folders: FolderTable;
  /** Those that are large enough to be seen in a picture, the largest first. */
  readonly largeFiles: readonly LargeFile[];
  /** By kind, in the order of `FILE_KINDS`; the endings of each, the largest first. */
  readonly kinds: readonly (readonly EndingTotal[])[];
  readonly periods: readonly Period[];
  readonly equal: EqualFiles;
  /** Missing where the image is a stack of several. */
  readonly map: ImageMap | undefined;
}

/** Files that are named one by one. */
const MOST_LARGE_FILES = 4000;

/** Reads all names and metadata of an image. @throws CorruptImageError, EnvironmentError */
export async function readContents(image: ImageReader): Promise<Contents> {
  const layout = await image.layout?.();
  const reader = new ContentsReader(image, layout);
  for await (const folder of image.walkFolders()) {
    const waiting = reader.addFolder(folder);
    if (waiting !== undefined) await waiting;
  }
  return await reader.finish();
}

class ContentsReader {
  readonly #folders = new FolderTable();
  readonly #large = new LargeFiles(MOST_LARGE_FILES);
  readonly #months = new Months();
  readonly #equal = new EqualFileFinder();
  readonly #endings = new Map<string, { countFiles: number; bytes: number }>();
  /** Files with several names that were met. */
  readonly #linked = new Set<InodeNumber>();
  readonly #mapper: ImageMapper | undefined;
  readonly #leastLargeBytes: number;
  #countFiles = 0;
  #countOthers = 0;
  #countMoreNames = 0;
  #sizeBytes = 0;
  #allocatedBytes = 0;
  #holesBytes = 0;
  #oldest = Infinity;
  #newest = -Infinity;

  constructor(
    private readonly image: ImageReader,
    private readonly layout: ImageLayout | undefined,
  ) {
    const { countBlocks, countFreeBlocks, blockSizeBytes } = image.info;
    // What is smaller cannot be seen in a picture of the whole.
    this.#leastLargeBytes = (countBlocks - countFreeBlocks) * blockSizeBytes / MOST_LARGE_FILES;
    if (layout === undefined) return;
    this.#mapper = new ImageMapper(countBlocks * blockSizeBytes, blockSizeBytes);
    for (const { kind, startBytes, lengthBytes } of layout.zones) {
      this.#mapper.add(kind, startBytes, lengthBytes);
    }
  }

  /** @returns A promise only where there is something to wait for. */
  addFolder({ path, stat, entries }: WalkedFolder): Promise<void> | undefined {
    if (path.length === 0) this.#folders.add(ROOT, path, stat.inode);
    const row = this.#folders.rowOf(stat.inode);
    if (row === undefined) return undefined;
    const scattered: (readonly [stat: Stat, name: Uint8Array])[] = [];
    if (this.#mapper !== undefined) scattered.push([stat, new Uint8Array()]);
    for (const entry of entries) {
      if (entry.kind === "folder") this.#folders.add(row, entry.name, entry.inode);
      else if (entry.kind !== "file") this.#countOthers++;
      else if (this.#isNew(entry.stat) && this.#addFile(row, entry)) {
        scattered.push([entry.stat, entry.name]);
      }
    }
    return scattered.length === 0 ? undefined : this.#place(path, scattered);
  }

  #isNew({ inode, countLinks }: Stat): boolean {
    if (countLinks <= 1) return true;
    if (this.#linked.has(inode)) {
      this.#countMoreNames++;
      return false;
    }
    this.#linked.add(inode);
    return true;
  }

  /** @returns Whether its blocks are still to be looked for. */
  #addFile(folder: FolderRow, { name, stat }: Entry): boolean {
    const { inode, sizeBytes, allocatedBytes, contentsAt } = stat;
    const { seconds } = stat.mtime;
    const ending = endingOf(name);
    const kind = kindOfEnding(ending);
    this.#countFiles++;
    this.#sizeBytes += sizeBytes;
    this.#allocatedBytes += allocatedBytes;
    this.#holesBytes += Math.max(0, sizeBytes - allocatedBytes);
    if (seconds < this.#oldest) this.#oldest = seconds;
    if (seconds > this.#newest) this.#newest = seconds;
    this.#folders.addFile(folder, kind, allocatedBytes);
    this.#months.add(seconds, allocatedBytes);
    const total = this.#endings.get(ending);
    if (total === undefined) this.#endings.set(ending, { countFiles: 1, bytes: allocatedBytes });
    else {
      total.countFiles++;
      total.bytes += allocatedBytes;
    }
    if (allocatedBytes > 0) {
      this.#equal.add({ inode, folder, sizeBytes, allocatedBytes, contentsAt });
    }
    if (allocatedBytes >= this.#leastLargeBytes && this.#large.takes(allocatedBytes)) {
      const modifiedSeconds = seconds;
      // A view of the name would keep all names of the folder in memory.
      this.#large.add({
        folder,
        name: name.slice(),
        kind,
        sizeBytes,
        allocatedBytes,
        modifiedSeconds,
      });
    }
    if (contentsAt === undefined) return allocatedBytes > 0 && this.#mapper !== undefined;
    this.#mapper?.add("files", contentsAt, sizeBytes);
    return false;
  }

  async #place(
    path: Uint8Array,
    scattered: readonly (readonly [stat: Stat, name: Uint8Array])[],
  ): Promise<void> {
    for (const [{ inode, kind }, name] of scattered) {
      try {
        const stretches = await this.layout!.stretchesOf(inode);
        for (const { imageOffsetBytes, lengthBytes } of stretches) {
          this.#mapper!.add(kind === "folder" ? "folders" : "files", imageOffsetBytes, lengthBytes);
        }
      } catch (error) {
        if (!(error instanceof CorruptImageError)) throw error;
        leaveOut(error, this.image, () => joinPath(path, name));
      }
    }
  }

  async finish(): Promise<Contents> {
    this.#folders.finish();
    const { countFreeBlocks, blockSizeBytes } = this.image.info;
    return {
      countFiles: this.#countFiles,
      countFolders: this.#folders.countFolders - 1,
      countOthers: this.#countOthers,
      countMoreNames: this.#countMoreNames,
      sizeBytes: this.#sizeBytes,
      allocatedBytes: this.#allocatedBytes,
      holesBytes: this.#holesBytes,
      oldestSeconds: this.#countFiles === 0 ? undefined : this.#oldest,
      newestSeconds: this.#countFiles === 0 ? undefined : this.#newest,
      folders: this.#folders,
      largeFiles: this.#large.sorted(),
      kinds: kindsOf(this.#endings),
      periods: this.#months.periods(),
      equal: await this.#equal.find(this.image, this.#folders),
      map: this.#mapper?.finish(countFreeBlocks * blockSizeBytes),
    };
  }
}

function kindsOf(
  endings: ReadonlyMap<string, { readonly countFiles: number; readonly bytes: number }>,
): EndingTotal[][] {
  const kinds: EndingTotal[][] = FILE_KINDS.map(() => []);
  for (const [ending, total] of endings) kinds[kindOfEnding(ending)]!.push({ ending, ...total });
  for (const kind of kinds) kind.sort((a, b) => b.bytes - a.bytes || b.countFiles - a.countFiles);
  return kinds;
}
