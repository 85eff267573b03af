/**
 * Walks sources in the order in which a plan cuts them, and keeps nothing: of all names, only those
 * of the folders that are open are in memory.
 * @module
 */

import { NO_ENTRY, S_IFDIR, S_IFLNK, S_IFMT, S_IFREG, type TreeInode } from "../../ext4/tree.ts";
import { Breather } from "../../host/breathe.ts";
import { SystemError } from "../../host/libc/errno.ts";
import {
  closeRead,
  type Descriptor,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDONLY,
  openAt,
} from "../../host/libc/files.ts";
import { FolderLister } from "../../host/libc/list_folder.ts";
import { joinBytes } from "../../host/libc/paths.ts";
import { statusAtCString, StatusBuffer, statusOfOpen } from "../../host/libc/status.ts";
import type { Problem } from "../../pipeline/problem.ts";
import { dataRangesOf } from "../../source/data_ranges.ts";
import type { Excludes } from "../../source/exclude.ts";
import { FolderCache } from "../../source/folder_cache.ts";
import { NameList } from "../../source/name_list.ts";
import { openFolder, type SourcePlacement } from "../../source/placement.ts";
import { WalkProblems } from "../../source/walk_problems.ts";
import { type FoundName, NAME_TYPES } from "./names_file.ts";
import { Stamp } from "./stamp.ts";

/** Receives each name once, in order. */
export interface NameSink {
  /** The numbers say which inode it is, where it has further names. */
  add(found: FoundName, fileSystem: number, inodeHigh: number, inodeLow: number): void;
}

/** How to walk. */
export interface ScanNamesOptions {
  readonly excludes: Excludes | undefined;
  readonly oneFileSystem: boolean;
  readonly signal: AbortSignal;
  onProgress(countNames: number): void;
  onProblem(problem: Problem): void;
}

/** Walks the sources. @throws the signal's reason when aborted. */
export async function scanNames(
  placement: SourcePlacement,
  sink: NameSink,
  options: ScanNamesOptions,
): Promise<void> {
  const scan = new NameScan(placement, sink, options);
  try {
    await scan.run();
  } finally {
    scan.close();
  }
}

/** A folder that is open in the walk. */
interface Frame {
  readonly id: TreeInode;
  readonly parent: TreeInode;
  readonly name: Uint8Array;
  readonly depth: number;
  readonly source: string;
  /** Within the source. */
  readonly path: Uint8Array;
  /** The file system of the source. */
  readonly fileSystem: number;
  readonly names: Iterator<Uint8Array>;
}

const encoder = new TextEncoder();
const NOTHING = new Uint8Array();

class NameScan implements FoundName {
  depth = 0;
  name: Uint8Array = NOTHING;
  type: number = NAME_TYPES.folder;
  isLinked = false;
  dataBytes = 0;
  stampLow = 0;
  stampHigh = 0;
  readonly #status = new StatusBuffer();
  readonly #view = new DataView(this.#status.bytes.buffer);
  readonly #stamp = new Stamp();
  readonly #lister = new FolderLister();
  readonly #breather: Breather;
  readonly #problems: WalkProblems;
  readonly #frames = new Map<TreeInode, Frame>();
  readonly #tops = new Map<TreeInode, Descriptor>();
  readonly #folders = new FolderCache({
    top: (id) => this.#tops.get(id),
    parentOf: (id) => this.#frames.get(id)!.parent,
    nameOf: (id) => this.#frames.get(id)!.name,
  });
  #countFolders = 0;
  #countNames = 0;

  constructor(
    private readonly placement: SourcePlacement,
    private readonly sink: NameSink,
    private readonly options: ScanNamesOptions,
  ) {
    this.#breather = new Breather(options.signal);
    this.#problems = new WalkProblems((problem) => options.onProblem(problem));
  }

  close(): void {
    this.#folders.close();
    for (const fd of this.#tops.values()) closeRead(fd);
  }

  async run(): Promise<void> {
    const { root, folders } = this.placement;
    const sourcesAtRoot = new Map(folders.map(({ name, path }) => [name, path]));
    const more = folders.map(({ name }) => encoder.encode(`${name}\0`));
    const first = root === undefined
      ? this.#bareRoot(more)
      : await this.#top(root, NOTHING, 0, more);
    const stack: Frame[] = [first];
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      if (this.#breather.due) {
        this.options.onProgress(this.#countNames);
        await this.#breather.pause();
      }
      const next = frame.names.next();
      if (next.done) {
        this.#frames.delete(frame.id);
        stack.pop();
        continue;
      }
      const cName = next.value;
      const source = frame === first
        ? sourcesAtRoot.get(new TextDecoder().decode(cName.subarray(0, -1)))
        : undefined;
      const below = source === undefined
        ? this.#look(frame, cName)
        : this.#top(source, cName.slice(0, -1), 1, []);
      const entered = below instanceof Promise ? await below : below;
      if (entered !== undefined) stack.push(entered);
    }
    this.options.onProgress(this.#countNames);
  }

  #bareRoot(names: readonly Uint8Array[]): Frame {
    this.#add(0, NOTHING);
    const frame = this.#frame(NO_ENTRY as TreeInode, NOTHING, 0, "", NOTHING, 0);
    return this.#opened({ ...frame, names: names.values() });
  }

  /** A folder that the user named. */
  async #top(
    source: string,
    name: Uint8Array,
    depth: number,
    more: readonly Uint8Array[],
  ): Promise<Frame> {
    const fd = openFolder(source);
    statusOfOpen(fd, this.#status);
    this.#describe();
    this.#add(depth, name);
    const { fileSystemNumber } = this.#status;
    const parent = NO_ENTRY as TreeInode;
    const frame = this.#frame(parent, name, depth, source, NOTHING, fileSystemNumber);
    this.#tops.set(frame.id, fd);
    return await this.#listed(frame, more);
  }

  /** @returns The folder that it is, where it is one. */
  #look(frame: Frame, cName: Uint8Array): Promise<Frame | undefined> | undefined {
    try {
      statusAtCString(this.#folders.get(frame.id), cName, this.#status);
      const isFolder = (this.#status.mode & S_IFMT) === S_IFDIR;
      const name = cName.subarray(0, -1);
      if (this.#isExcluded(frame, name, isFolder)) return undefined;
      const sized = this.#describe(frame, name);
      if (sized !== undefined) {
        return sized.then(() => void this.#add(frame.depth + 1, name)) as Promise<undefined>;
      }
      this.#add(frame.depth + 1, name);
      if (!isFolder) return undefined;
      const { fileSystemNumber } = this.#status;
      if (this.options.oneFileSystem && fileSystemNumber !== frame.fileSystem) return undefined;
      return this.#listed(this.#subfolder(frame, name), []);
    } catch (error) {
      const place = { source: frame.source, path: joinBytes(frame.path, cName.subarray(0, -1)) };
      this.#problems.failed(place, error, "it is not in the plan");
      return undefined;
    }
  }

  #subfolder(frame: Frame, name: Uint8Array): Frame {
    const path = joinBytes(frame.path, name);
    const { id, depth, source, fileSystem } = frame;
    return this.#frame(id, name.slice(), depth + 1, source, path, fileSystem);
  }

  #frame(
    parent: TreeInode,
    name: Uint8Array,
    depth: number,
    source: string,
    path: Uint8Array,
    fileSystem: number,
  ): Frame {
    const id = this.#countFolders++ as TreeInode;
    return { id, parent, name, depth, source, path, fileSystem, names: [].values() };
  }

  #opened(frame: Frame): Frame {
    this.#frames.set(frame.id, frame);
    return frame;
  }

  async #listed(frame: Frame, more: readonly Uint8Array[]): Promise<Frame> {
    const names = new NameList();
    this.#frames.set(frame.id, frame);
    try {
      await names.addAll(this.#folders.get(frame.id), this.#lister, this.#breather);
    } catch (error) {
      this.#problems.failed(frame, error, "what it holds, or a part of it, is not in the plan");
    }
    for (const cName of more) names.add(cName);
    return this.#opened({ ...frame, names: names.sorted() });
  }

  #isExcluded(frame: Frame, name: Uint8Array, isFolder: boolean): boolean {
    return this.options.excludes?.matches(joinBytes(frame.path, name), name, isFolder) === true;
  }

  /** Says what the latest look has shown. @returns a promise where it takes longer */
  #describe(frame?: Frame, name?: Uint8Array): Promise<void> | undefined {
    const status = this.#status;
    const type = status.mode & S_IFMT;
    this.type = type === S_IFREG
      ? NAME_TYPES.file
      : type === S_IFDIR
      ? NAME_TYPES.folder
      : type === S_IFLNK
      ? NAME_TYPES.link
      : NAME_TYPES.other;
    this.isLinked = type !== S_IFDIR && status.countLinks > 1;
    this.dataBytes = type === S_IFREG ? status.sizeBytes : 0;
    this.#stamp.of(this.#view);
    this.stampLow = this.#stamp.low;
    this.stampHigh = this.#stamp.high;
    if (type !== S_IFREG || status.allocatedBytes >= status.sizeBytes) return undefined;
    return frame && name && this.#withoutHoles(this.#folders.get(frame.id), name);
  }

  /** What can be said of holes is an estimate: a file that cannot be opened is taken as it is. */
  #withoutHoles(folder: Descriptor, name: Uint8Array): Promise<void> | undefined {
    let file: Descriptor;
    try {
      file = openAt(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    } catch (error) {
      if (error instanceof SystemError) return undefined;
      throw error;
    }
    const take = (ranges: Float64Array | undefined) => {
      if (ranges === undefined) return;
      this.dataBytes = 0;
      for (let i = 0; i < ranges.length; i += 2) this.dataBytes += ranges[i + 1]! - ranges[i]!;
    };
    let search: ReturnType<typeof dataRangesOf>;
    try {
      search = dataRangesOf(file, this.dataBytes, this.#breather);
    } catch (error) {
      closeRead(file);
      if (error instanceof SystemError) return undefined;
      throw error;
    }
    if (search instanceof Promise) return search.then(take).finally(() => closeRead(file));
    closeRead(file);
    take(search);
    return undefined;
  }

  #add(depth: number, name: Uint8Array): void {
    this.depth = depth;
    this.name = name;
    this.#countNames++;
    const { fileSystemNumber, inodeHigh, inodeLow } = this.#status;
    this.sink.add(this, fileSystemNumber, inodeHigh, inodeLow);
  }
}
