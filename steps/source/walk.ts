/**
 * Walks sources once and collects them in a tree.
 *
 * A folder's names are listed and ordered before any of them is looked at, and its subfolders come
 * after all of its names: the rows of a tree follow from the names alone.
 * @module
 */

import { S_IFDIR, type TreeInode } from "../../ext4/tree.ts";
import { type NewInode, type Time, TreeBuilder } from "../../ext4/tree_builder.ts";
import { Breather } from "../../host/breathe.ts";
import { SystemError } from "../../host/libc/errno.ts";
import { refuseOwnFault } from "../../host/open_files.ts";
import { closeRead, type Descriptor } from "../../host/libc/files.ts";
import { FolderLister } from "../../host/libc/folders.ts";
import { joinBytes, printable } from "../../host/libc/paths.ts";
import { SourceError } from "../../pipeline/errors.ts";
import type { Problem } from "../../pipeline/problem.ts";
import { folderOf } from "../../pipeline/source_path.ts";
import type { Excluded } from "./exclude.ts";
import { FileIdentities } from "./file_identities.ts";
import { FolderCache } from "./folder_cache.ts";
import { InodeReader } from "./inode_reader.ts";
import { NameList } from "./name_list.ts";
import { openFolder, type SourcePlacement } from "./placement.ts";
import { Volume } from "./volume.ts";

/** How to walk. */
export interface WalkOptions {
  readonly excluded: Excluded | undefined;
  /** Leave folders empty that lie on another file system than their source. */
  readonly oneFileSystem: boolean;
  /** Keep access, change and creation times, too. */
  readonly allTimes: boolean;
  readonly signal: AbortSignal;
  onProgress(countInodes: number): void;
  onProblem(problem: Problem): void;
}

/** The result of a walk. */
export interface Walked {
  readonly builder: TreeBuilder;
  /** The folders at the top, open. */
  readonly tops: ReadonlyMap<TreeInode, TopFolder>;
  /** Which inodes they were. */
  readonly identities: FileIdentities;
}

/** A folder that the user named. It stays open: its path may lead elsewhere by the time it is read. */
export interface TopFolder {
  readonly path: string;
  readonly fd: Descriptor;
}

/**
 * Walks the sources. The folders at the top are the caller's to close.
 * @throws the signal's reason when aborted.
 */
export async function walk(placement: SourcePlacement, options: WalkOptions): Promise<Walked> {
  const walker = new Walker(placement, options);
  try {
    await walker.run();
    return walker;
  } catch (error) {
    for (const { fd } of walker.tops.values()) closeRead(fd);
    throw error;
  } finally {
    walker.close();
  }
}

/** A folder that is known by name and not yet listed. */
interface Pending {
  readonly inode: TreeInode;
  /** Where it is: the source as the user named it, and the path within. */
  readonly source: string;
  readonly path: Uint8Array;
  readonly sourceFileSystem: string;
  readonly volume: Volume;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const EPOCH: Time = { seconds: 0, nanoseconds: 0 };

class Walker implements Walked {
  readonly builder = new TreeBuilder();
  readonly tops = new Map<TreeInode, TopFolder>();
  readonly identities = new FileIdentities();
  readonly #parents = new Map<TreeInode, { parent: TreeInode; name: Uint8Array }>();
  readonly #firstOfLinked = new Map<string, TreeInode>();
  readonly #reader: InodeReader;
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
    this.#reader = new InodeReader(options.allTimes);
    this.#breather = new Breather(options.signal);
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

  /** The root of an image whose sources lie side by side: as new as the newest of them. */
  #addBareRoot(): Pending {
    const { allTimes } = this.options;
    const times = allTimes ? { atime: EPOCH, ctime: EPOCH, crtime: EPOCH } : {};
    const mode = S_IFDIR | 0o755;
    const inode = this.builder.addInode({ mode, uid: 0, gid: 0, mtime: EPOCH, ...times });
    const path = new Uint8Array();
    return { inode, source: "", path, sourceFileSystem: "", volume: new Volume("", path) };
  }

  /** A folder that the user named; a symbolic link to it is followed. */
  #addSource(path: string): Pending {
    const fd = openFolder(path);
    let isKept = false;
    try {
      const found = this.#readSource(fd, path);
      const inode = this.#addInode(found);
      this.tops.set(inode, { path, fd });
      isKept = true;
      if (this.placement.root === undefined) this.builder.raiseRootTime(found.mtime);
      const { fileSystem } = this.#reader;
      const volume = new Volume(fileSystem, new Uint8Array());
      return { inode, source: path, path: volume.path, sourceFileSystem: fileSystem, volume };
    } finally {
      if (!isKept) closeRead(fd);
    }
  }

  /** Adds what the reader has just read. */
  #addInode(found: NewInode): TreeInode {
    const inode = this.builder.addInode(found);
    this.identities.set(inode, this.#reader.status);
    return inode;
  }

  #readSource(fd: Descriptor, path: string): NewInode {
    try {
      return this.#reader.readFolder(fd);
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      refuseOwnFault(error, printable(path));
      throw new SourceError(
        `cannot read ${printable(path)}: ${error.meaning}, in its status or its attributes. ` +
          "Look at the disk it lies on.",
        "source-unreadable",
        { cause: error },
      );
    }
  }

  async #walkFolder(folder: Pending): Promise<Pending[]> {
    const names = this.#list(folder);
    const subfolders: Pending[] = [];
    let entered = false;
    for (const cName of names.sorted()) {
      if (this.#breather.due) {
        this.options.onProgress(this.builder.countInodes);
        await this.#breather.pause();
        entered = false;
      }
      if (folder.inode === 0 && this.#addSourceAtRoot(folder, cName, subfolders)) {
        entered = false;
        continue;
      }
      if (!entered) this.#reader.enter(this.#folders.get(folder.inode));
      entered = true;
      this.#add(folder, cName, subfolders);
    }
    return subfolders;
  }

  #list(folder: Pending): NameList {
    const names = new NameList();
    try {
      if (folder.source !== "") {
        this.#lister.list(this.#folders.get(folder.inode), (cName) => names.add(cName));
      }
    } catch (error) {
      this.#problem(folder, error, "it is stored as an empty folder");
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
    const source = this.#addSource(path);
    this.builder.addName(root.inode, name, source.inode);
    subfolders.push(source);
    return true;
  }

  #add(folder: Pending, cName: Uint8Array, subfolders: Pending[]): void {
    const name = cName.subarray(0, -1);
    try {
      this.#reader.look(cName);
      const isFolder = this.#reader.type === S_IFDIR;
      const { excluded } = this.options;
      if (excluded?.(joinBytes(folder.path, name), name, isFolder) === true) return;
      const inode = this.#inodeOf(cName, isFolder);
      this.builder.addName(folder.inode, name, inode);
      if (this.#reader.isEmptyFile) this.#checkEmpty(folder);
      if (isFolder && this.#belongs(folder)) {
        this.#parents.set(inode, { parent: folder.inode, name: name.slice() });
        const path = joinBytes(folder.path, name);
        const { fileSystem } = this.#reader;
        const isSame = fileSystem === folder.volume.fileSystem;
        const volume = isSame ? folder.volume : new Volume(fileSystem, path);
        subfolders.push({ ...folder, inode, path, volume });
      }
    } catch (error) {
      this.#problem({ ...folder, path: joinBytes(folder.path, name) }, error, "it is left out");
    }
  }

  /** The inode of the name that was looked at, which an earlier name may have brought in. */
  #inodeOf(cName: Uint8Array, isFolder: boolean): TreeInode {
    const key = isFolder ? undefined : this.#reader.linkKey;
    const known = key === undefined ? undefined : this.#firstOfLinked.get(key);
    if (known !== undefined) return known;
    const inode = this.#addInode(this.#reader.read(cName));
    if (key !== undefined) this.#firstOfLinked.set(key, inode);
    return inode;
  }

  #belongs(folder: Pending): boolean {
    return !this.options.oneFileSystem || this.#reader.fileSystem === folder.sourceFileSystem;
  }

  #checkEmpty({ inode, source, volume }: Pending): void {
    const type = volume.whoseFilesSayEmpty(this.#folders.get(inode));
    if (type === undefined) return;
    const reason = `the files of ${type} say that they are empty; their contents are not stored`;
    this.options.onProblem({ kind: "unsupported", path: shownPath(source, volume.path), reason });
  }

  #problem({ source, path }: Pending, error: unknown, result: string): void {
    if (!(error instanceof SystemError)) throw error;
    const shown = shownPath(source, path);
    refuseOwnFault(error, shown);
    const kind = error.code === "ENOENT" ? "vanished" : "unreadable";
    this.options.onProblem({ kind, path: shown, reason: `${error.meaning}; ${result}` });
  }
}

function shownPath(source: string, path: Uint8Array): string {
  const top = encoder.encode(folderOf(source));
  return printable(path.length === 0 ? top : joinBytes(top, path));
}
