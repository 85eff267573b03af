/**
 * Walks sources once and collects them in a tree.
 *
 * A folder's names are listed and ordered before any of them is looked at, and its subfolders come
 * after all of its names: the rows of a tree follow from the names alone.
 * @module
 */

import { S_IFDIR, type TreeInode } from "../ext4/tree.ts";
import { type NewInode, TreeBuilder } from "../ext4/tree_builder.ts";
import { Breather } from "../host/breathe.ts";
import { SystemError } from "../host/libc/errno.ts";
import { FolderLister } from "../host/libc/list_folder.ts";
import { joinBytes } from "../host/libc/paths.ts";
import { compileExcludes, type Excludes } from "./exclude.ts";
import { FileIdentities } from "./file_identities.ts";
import { ChangedError, InodeReader, MOST_TRIES, type NameReader } from "./inode_reader.ts";
import { NameList } from "./name_list.ts";
import { type PendingFolder, takenNames } from "./pending_folder.ts";
import type { SourcePlacement } from "./placement.ts";
import { LookAhead } from "./reading/look_ahead.ts";
import type { LookedFolder } from "./reading/looked_folder.ts";
import { madeUpFolder, TreeTops } from "./tree_tops.ts";
import { Volume } from "./volume.ts";
import type { Walked } from "./walked.ts";
import type { WalkOptions } from "./walk_options.ts";
import { WalkedFolders } from "./walked_folders.ts";
import { type Place, shownPath, WalkProblems } from "./walk_problems.ts";

/** Walks the sources. @throws the signal's reason when aborted. */
export async function walk(placement: SourcePlacement, options: WalkOptions): Promise<Walked> {
  const walker = new Walker(placement, options);
  try {
    await walker.run();
    return walker;
  } catch (error) {
    walker.tops.close();
    walker.ahead.close();
    throw error;
  } finally {
    walker.close();
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

class Walker implements Walked {
  readonly builder = new TreeBuilder();
  readonly tops: TreeTops;
  readonly identities = new FileIdentities();
  readonly #firstOfLinked = new Map<string, TreeInode>();
  readonly #reader: InodeReader;
  readonly #problems: WalkProblems;
  readonly #breather: Breather;
  readonly #lister = new FolderLister();
  readonly #folders = new WalkedFolders((folder) => this.tops.get(folder)?.fd);
  /** Looks at the names at hand. */
  #names: NameReader;
  readonly #excludes: Excludes | undefined;
  readonly ahead: LookAhead;
  /** Further sources that lie at the root, by name. */
  readonly #sourcesAtRoot: ReadonlyMap<string, string>;

  constructor(
    private readonly placement: SourcePlacement,
    private readonly options: WalkOptions,
  ) {
    this.#sourcesAtRoot = new Map(placement.folders.map(({ name, path }) => [name, path]));
    this.#breather = new Breather(options.signal);
    this.#reader = new InodeReader(options.allTimes, this.#breather, options.likelyHoles);
    this.#names = this.#reader;
    this.#excludes = compileExcludes(options.exclude);
    this.ahead = new LookAhead(options, (folder) => this.#folders.placeOf(folder));
    this.#problems = new WalkProblems((problem) => options.onProblem(problem));
    this.tops = new TreeTops(this.builder, this.#reader, options.allTimes);
  }

  get unmatched(): readonly string[] {
    return this.#excludes?.unmatched ?? [];
  }

  close(): void {
    this.#folders.close();
  }

  async run(): Promise<void> {
    const { root } = this.placement;
    const stack = [root === undefined ? this.#addBareRoot() : this.#addSource(root)];
    for (let folder = stack.pop(); folder !== undefined; folder = stack.pop()) {
      const ahead = this.ahead.take(folder, stack);
      const subfolders = await this.#walkFolder(folder, ahead);
      stack.push(...subfolders.reverse());
    }
    this.options.onProgress(this.builder.countInodes);
  }

  #addBareRoot(): PendingFolder {
    const [inode, path] = [this.tops.addBareRoot(), new Uint8Array()];
    const { selection } = this.options;
    const volume = new Volume("", path);
    return { inode, source: "", path, sourceFileSystem: "", volume, selection };
  }

  #addSource(source: string, selection = this.options.selection): PendingFolder {
    const inode = this.tops.add(source, this.placement.root === undefined);
    const { fileSystem: sourceFileSystem, unread } = this.#reader;
    const path = new Uint8Array();
    const volume = new Volume(sourceFileSystem, path);
    this.#problems.unread({ source, path }, unread);
    return { inode, source, path, sourceFileSystem, volume, selection };
  }

  /** @param ahead Has other threads look at it; absent: this one does. */
  async #walkFolder(
    folder: PendingFolder,
    ahead: LookedFolder | undefined,
  ): Promise<PendingFolder[]> {
    const subfolders: PendingFolder[] = [];
    let startMs = performance.now();
    const names = await this.#list(folder, ahead);
    const order = takenNames(folder, names);
    const from = (i: number) => () => names.packed(order.subarray(i));
    if (folder.selection !== undefined) ahead ??= this.ahead.rest(folder, from(0));
    let [first, entered] = [0, false];
    for (let i = 0; i < order.length; i++) {
      const cName = names.at(order[i]!);
      if (this.#breather.due) {
        if (ahead === undefined) this.ahead.took(i - first, performance.now() - startMs);
        this.options.onProgress(this.builder.countInodes);
        await this.#breather.pause();
        [first, startMs, entered] = [i, performance.now(), false];
        ahead ??= this.ahead.rest(folder, from(i));
      }
      if (folder.inode === 0 && this.#addSourceAtRoot(folder, cName, subfolders)) {
        entered = false;
        continue;
      }
      if (ahead !== undefined) {
        if (!ahead.has(cName)) await ahead.wait(cName);
        this.#names = ahead.take();
      } else {
        if (!entered) this.#reader.enter(this.#folders.get(folder.inode));
        this.#names = this.#reader;
        entered = true;
      }
      const adding = this.#add(folder, cName, subfolders);
      if (adding === undefined) continue;
      await adding;
      entered = false;
    }
    if (ahead === undefined) this.ahead.took(order.length - first, performance.now() - startMs);
    return subfolders;
  }

  async #list(folder: PendingFolder, ahead: LookedFolder | undefined): Promise<NameList> {
    const names = new NameList();
    try {
      if (ahead !== undefined) await ahead.list(names);
      else if (folder.source !== "") {
        await names.addAll(this.#folders.get(folder.inode), this.#lister, this.#breather);
      }
    } catch (error) {
      const result = names.isEmpty
        ? "it is stored as an empty folder"
        : "the names that are listed behind it are left out";
      this.#problems.failed(folder, error, result);
    }
    if (folder.inode === 0) {
      for (const name of this.#sourcesAtRoot.keys()) names.add(encoder.encode(`${name}\0`));
    }
    return names;
  }

  #addSourceAtRoot(root: PendingFolder, cName: Uint8Array, subfolders: PendingFolder[]): boolean {
    const name = cName.subarray(0, -1);
    const path = this.#sourcesAtRoot.get(decoder.decode(name));
    if (path === undefined) return false;
    const source = this.#addSource(path, root.selection?.below(name));
    this.builder.addName(root.inode, name, source.inode);
    subfolders.push(source);
    return true;
  }

  /** @returns A promise where there is something to wait for. */
  #add(
    folder: PendingFolder,
    cName: Uint8Array,
    subfolders: PendingFolder[],
  ): void | Promise<void> {
    const fail = (error: unknown) =>
      this.#problems.failed(this.#within(folder, cName), error, "it is left out");
    try {
      const adding = this.#addName(folder, cName, subfolders);
      if (adding instanceof Promise) return adding.catch(fail);
    } catch (error) {
      if (!this.#addUnknownFolder(folder, cName, subfolders, error)) fail(error);
    }
  }

  #addName(
    folder: PendingFolder,
    cName: Uint8Array,
    subfolders: PendingFolder[],
    tries = MOST_TRIES,
  ): void | Promise<void> {
    this.#names.look(cName);
    const isFolder = this.#names.type === S_IFDIR;
    if (this.#isExcluded(folder, cName, isFolder) || !this.#isTaken(folder, cName)) return;
    const key = isFolder ? undefined : this.#names.linkKey;
    // An earlier name may have brought the inode in.
    const known = key === undefined ? undefined : this.#firstOfLinked.get(key);
    if (known !== undefined) return this.#name(folder, cName, known);
    const add = (found: NewInode) => {
      const inode = this.builder.addInode(found);
      this.identities.set(inode, this.#names.status);
      if (key !== undefined) this.#firstOfLinked.set(key, inode);
      this.#name(folder, cName, inode);
      const { unread } = this.#names;
      if (unread.length > 0) this.#problems.unread(this.#within(folder, cName), unread);
      if (isFolder && this.#belongs(folder)) {
        subfolders.push(this.#subfolder(folder, cName, inode, this.#names.fileSystem));
      }
    };
    try {
      const found = this.#names.read(cName);
      return found instanceof Promise ? found.then(add) : add(found);
    } catch (error) {
      if (!(error instanceof ChangedError) || tries === 0) throw error;
      return this.#addName(folder, cName, subfolders, tries - 1);
    }
  }

  /** A folder whose status cannot be read may have names that can. @returns Whether it is one. */
  #addUnknownFolder(
    folder: PendingFolder,
    cName: Uint8Array,
    subfolders: PendingFolder[],
    error: unknown,
  ): boolean {
    if (!(error instanceof SystemError) || error.call !== "statx" || error.code === "ENOENT") {
      return false;
    }
    if (!this.#names.opensAsFolder(cName)) return false;
    if (this.#isExcluded(folder, cName, true)) return true;
    const inode = this.builder.addInode(madeUpFolder(0o700, this.options.allTimes));
    this.builder.addName(folder.inode, cName.subarray(0, -1), inode);
    const below = this.#subfolder(folder, cName, inode, folder.volume.fileSystem);
    this.#problems.failed(below, error, "it is stored as root's, with mode 0700 and no more");
    subfolders.push(below);
    return true;
  }

  /** A folder may be needed for what it holds only: what took its place is not. */
  #isTaken({ selection }: PendingFolder, cName: Uint8Array): boolean {
    return selection === undefined || this.#names.type === S_IFDIR ||
      selection.decide(cName.subarray(0, -1)) !== "folder";
  }

  #isExcluded(folder: PendingFolder, cName: Uint8Array, isFolder: boolean): boolean {
    if (this.#excludes === undefined) return false;
    const name = cName.subarray(0, -1);
    const isExcluded = this.#excludes.matches(joinBytes(folder.path, name), name, isFolder);
    if (isExcluded) this.options.onExcluded?.(shownPath(this.#within(folder, cName)));
    return isExcluded;
  }

  #name(folder: PendingFolder, cName: Uint8Array, inode: TreeInode): void {
    this.builder.addName(folder.inode, cName, inode, cName.length - 1);
    if (this.#names.isEmptyFile) this.#checkEmpty(folder);
  }

  #subfolder(
    folder: PendingFolder,
    cName: Uint8Array,
    inode: TreeInode,
    fileSystem: string,
  ): PendingFolder {
    this.#folders.add(inode, folder.inode, cName.slice(0, -1));
    const { path } = this.#within(folder, cName);
    const isSame = fileSystem === folder.volume.fileSystem;
    const volume = isSame ? folder.volume : new Volume(fileSystem, path);
    const selection = folder.selection?.below(cName.subarray(0, -1));
    return { ...folder, inode, path, volume, selection };
  }

  #within({ source, path }: PendingFolder, cName: Uint8Array): Place {
    return { source, path: joinBytes(path, cName.subarray(0, -1)) };
  }

  #belongs(folder: PendingFolder): boolean {
    return !this.options.oneFileSystem || this.#names.fileSystem === folder.sourceFileSystem;
  }

  #checkEmpty({ inode, source, volume }: PendingFolder): void {
    const fileSystem = volume.whoseFilesSayEmpty(() => this.#folders.get(inode));
    if (fileSystem === undefined) return;
    this.#problems.saysEmpty({ source, path: volume.path }, fileSystem);
  }
}
