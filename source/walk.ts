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
import { closeRead, O_DIRECTORY, O_NOFOLLOW, O_RDONLY, openAt } from "../host/libc/files.ts";
import { FolderLister } from "../host/libc/list_folder.ts";
import { joinBytes } from "../host/libc/paths.ts";
import { FileIdentities } from "./file_identities.ts";
import { FolderCache } from "./folder_cache.ts";
import type { FolderSelection } from "./folder_selection.ts";
import { ChangedError, InodeReader } from "./inode_reader.ts";
import { NameList } from "./name_list.ts";
import type { SourcePlacement } from "./placement.ts";
import { madeUpFolder, TreeTops } from "./tree_tops.ts";
import { Volume } from "./volume.ts";
import type { WalkOptions } from "./walk_options.ts";
import { type Place, shownPath, WalkProblems } from "./walk_problems.ts";

/** The result of a walk. */
export interface Walked {
  readonly builder: TreeBuilder;
  /** The folders at the top, open; whoever has walked closes them. */
  readonly tops: TreeTops;
  /** Which inodes they were. */
  readonly identities: FileIdentities;
}

/** Walks the sources. @throws the signal's reason when aborted. */
export async function walk(placement: SourcePlacement, options: WalkOptions): Promise<Walked> {
  const walker = new Walker(placement, options);
  try {
    await walker.run();
    return walker;
  } catch (error) {
    walker.tops.close();
    throw error;
  } finally {
    walker.close();
  }
}

/** A folder that is known by name and not yet listed. */
interface Pending extends Place {
  readonly inode: TreeInode;
  readonly sourceFileSystem: string;
  readonly volume: Volume;
  /** What is taken of it; all when absent. */
  readonly selection: FolderSelection | undefined;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
/** How often a name is looked at again that changes while it is looked at. */
const MOST_TRIES = 3;

class Walker implements Walked {
  readonly builder = new TreeBuilder();
  readonly tops: TreeTops;
  readonly identities = new FileIdentities();
  readonly #parents = new Map<TreeInode, { parent: TreeInode; name: Uint8Array }>();
  readonly #firstOfLinked = new Map<string, TreeInode>();
  readonly #reader: InodeReader;
  readonly #problems: WalkProblems;
  readonly #breather: Breather;
  readonly #lister = new FolderLister();
  readonly #folders = new FolderCache({
    top: (folder) => this.tops.get(folder)?.fd,
    parentOf: (folder) => this.#parents.get(folder)!.parent,
    nameOf: (folder) => this.#parents.get(folder)!.name,
  });
  /** Further sources that lie at the root, by name. */
  readonly #sourcesAtRoot: ReadonlyMap<string, string>;

  constructor(
    private readonly placement: SourcePlacement,
    private readonly options: WalkOptions,
  ) {
    this.#sourcesAtRoot = new Map(placement.folders.map(({ name, path }) => [name, path]));
    this.#breather = new Breather(options.signal);
    this.#reader = new InodeReader(options.allTimes, this.#breather, options.likelyHoles);
    this.#problems = new WalkProblems((problem) => options.onProblem(problem));
    this.tops = new TreeTops(this.builder, this.#reader, options.allTimes);
  }

  close(): void {
    this.#folders.close();
  }

  async run(): Promise<void> {
    const { root } = this.placement;
    const stack = [root === undefined ? this.#addBareRoot() : this.#addSource(root)];
    for (let folder = stack.pop(); folder !== undefined; folder = stack.pop()) {
      const subfolders = await this.#walkFolder(folder);
      stack.push(...subfolders.reverse());
    }
    this.options.onProgress(this.builder.countInodes);
  }

  #addBareRoot(): Pending {
    const [inode, path] = [this.tops.addBareRoot(), new Uint8Array()];
    const { selection } = this.options;
    const volume = new Volume("", path);
    return { inode, source: "", path, sourceFileSystem: "", volume, selection };
  }

  #addSource(source: string, selection = this.options.selection): Pending {
    const inode = this.tops.add(source, this.placement.root === undefined);
    const { fileSystem: sourceFileSystem, unread } = this.#reader;
    const path = new Uint8Array();
    const volume = new Volume(sourceFileSystem, path);
    this.#problems.unread({ source, path }, unread);
    return { inode, source, path, sourceFileSystem, volume, selection };
  }

  async #walkFolder(folder: Pending): Promise<Pending[]> {
    const names = await this.#list(folder);
    const subfolders: Pending[] = [];
    let entered = false;
    for (const cName of names.sorted()) {
      if (this.#breather.due) {
        this.options.onProgress(this.builder.countInodes);
        await this.#breather.pause();
        entered = false;
      }
      if (folder.selection?.decide(cName.subarray(0, -1)) === "nothing") continue;
      if (folder.inode === 0 && this.#addSourceAtRoot(folder, cName, subfolders)) {
        entered = false;
        continue;
      }
      if (!entered) this.#reader.enter(this.#folders.get(folder.inode));
      entered = true;
      const adding = this.#add(folder, cName, subfolders);
      if (adding === undefined) continue;
      await adding;
      entered = false;
    }
    return subfolders;
  }

  async #list(folder: Pending): Promise<NameList> {
    const names = new NameList();
    try {
      if (folder.source !== "") {
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

  #addSourceAtRoot(root: Pending, cName: Uint8Array, subfolders: Pending[]): boolean {
    const name = cName.subarray(0, -1);
    const path = this.#sourcesAtRoot.get(decoder.decode(name));
    if (path === undefined) return false;
    const source = this.#addSource(path, root.selection?.below(name));
    this.builder.addName(root.inode, name, source.inode);
    subfolders.push(source);
    return true;
  }

  /** @returns A promise where there is something to wait for. */
  #add(folder: Pending, cName: Uint8Array, subfolders: Pending[]): void | Promise<void> {
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
    folder: Pending,
    cName: Uint8Array,
    subfolders: Pending[],
    tries = MOST_TRIES,
  ): void | Promise<void> {
    this.#reader.look(cName);
    const isFolder = this.#reader.type === S_IFDIR;
    if (this.#isExcluded(folder, cName, isFolder) || !this.#isTaken(folder, cName)) return;
    const key = isFolder ? undefined : this.#reader.linkKey;
    // An earlier name may have brought the inode in.
    const known = key === undefined ? undefined : this.#firstOfLinked.get(key);
    if (known !== undefined) return this.#name(folder, cName, known);
    const add = (found: NewInode) => {
      const inode = this.builder.addInode(found);
      this.identities.set(inode, this.#reader.status);
      if (key !== undefined) this.#firstOfLinked.set(key, inode);
      this.#name(folder, cName, inode);
      this.#problems.unread(this.#within(folder, cName), this.#reader.unread);
      if (isFolder && this.#belongs(folder)) {
        subfolders.push(this.#subfolder(folder, cName, inode, this.#reader.fileSystem));
      }
    };
    try {
      const found = this.#reader.read(cName);
      return found instanceof Promise ? found.then(add) : add(found);
    } catch (error) {
      if (!(error instanceof ChangedError) || tries === 0) throw error;
      return this.#addName(folder, cName, subfolders, tries - 1);
    }
  }

  /** A folder whose status cannot be read may have names that can. @returns Whether it is one. */
  #addUnknownFolder(
    folder: Pending,
    cName: Uint8Array,
    subfolders: Pending[],
    error: unknown,
  ): boolean {
    if (!(error instanceof SystemError) || error.call !== "statx" || error.code === "ENOENT") {
      return false;
    }
    try {
      const flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
      closeRead(openAt(this.#folders.get(folder.inode), cName.subarray(0, -1), flags));
    } catch (cause) {
      if (cause instanceof SystemError) return false;
      throw cause;
    }
    if (this.#isExcluded(folder, cName, true)) return true;
    const inode = this.builder.addInode(madeUpFolder(0o700, this.options.allTimes));
    this.builder.addName(folder.inode, cName.subarray(0, -1), inode);
    const below = this.#subfolder(folder, cName, inode, folder.volume.fileSystem);
    this.#problems.failed(below, error, "it is stored as root's, with mode 0700 and no more");
    subfolders.push(below);
    return true;
  }

  /** A folder may be needed for what it holds only: what took its place is not. */
  #isTaken({ selection }: Pending, cName: Uint8Array): boolean {
    return selection === undefined || this.#reader.type === S_IFDIR ||
      selection.decide(cName.subarray(0, -1)) !== "folder";
  }

  #isExcluded(folder: Pending, cName: Uint8Array, isFolder: boolean): boolean {
    const { excludes, onExcluded } = this.options;
    if (excludes === undefined) return false;
    const name = cName.subarray(0, -1);
    const isExcluded = excludes.matches(joinBytes(folder.path, name), name, isFolder);
    if (isExcluded) onExcluded?.(shownPath(this.#within(folder, cName)));
    return isExcluded;
  }

  #name(folder: Pending, cName: Uint8Array, inode: TreeInode): void {
    this.builder.addName(folder.inode, cName.subarray(0, -1), inode);
    if (this.#reader.isEmptyFile) this.#checkEmpty(folder);
  }

  #subfolder(
    folder: Pending,
    cName: Uint8Array,
    inode: TreeInode,
    fileSystem: string,
  ): Pending {
    this.#parents.set(inode, { parent: folder.inode, name: cName.slice(0, -1) });
    const { path } = this.#within(folder, cName);
    const isSame = fileSystem === folder.volume.fileSystem;
    const volume = isSame ? folder.volume : new Volume(fileSystem, path);
    const selection = folder.selection?.below(cName.subarray(0, -1));
    return { ...folder, inode, path, volume, selection };
  }

  #within({ source, path }: Pending, cName: Uint8Array): Place {
    return { source, path: joinBytes(path, cName.subarray(0, -1)) };
  }

  #belongs(folder: Pending): boolean {
    return !this.options.oneFileSystem || this.#reader.fileSystem === folder.sourceFileSystem;
  }

  #checkEmpty({ inode, source, volume }: Pending): void {
    const fileSystem = volume.whoseFilesSayEmpty(this.#folders.get(inode));
    if (fileSystem === undefined) return;
    this.#problems.saysEmpty({ source, path: volume.path }, fileSystem);
  }
}
