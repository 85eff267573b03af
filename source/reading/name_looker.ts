/**
 * Looks at names of folders as a walk does, on a thread of its own.
 * @module
 */

import { S_IFDIR } from "../../ext4/tree.ts";
import type { Breather } from "../../host/breathe.ts";
import { SystemError } from "../../host/libc/errno.ts";
import { closeRead, type Descriptor } from "../../host/libc/files.ts";
import { FolderLister } from "../../host/libc/list_folder.ts";
import { joinBytes } from "../../host/libc/paths.ts";
import { compileExcludes, type Excludes } from "../exclude.ts";
import { ChangedError, InodeReader, MOST_TRIES } from "../inode_reader.ts";
import { NameList } from "../name_list.ts";
import { PackedNames } from "./packed_names.ts";
import type { PlacedFolders } from "./placed_folders.ts";
import { posted } from "./posted_error.ts";
import {
  type LookedName,
  type LookResult,
  type LookTask,
  NAMES_A_TASK,
  type PostedError,
  type ReadingTask,
} from "./tasks.ts";

/** Looks at names. */
export class NameLooker {
  readonly #reader: InodeReader;
  readonly #lister = new FolderLister();
  readonly #excludes: Excludes | undefined;

  constructor(
    { allTimes, likelyHoles, exclude }: ReadingTask,
    private readonly folders: PlacedFolders,
    private readonly breather: Breather,
  ) {
    this.#reader = new InodeReader(allTimes, breather, likelyHoles);
    this.#excludes = compileExcludes(exclude);
  }

  /** Lists a folder, where its names are not given, and looks at names. */
  async look(task: LookTask): Promise<LookResult> {
    if (task.names !== undefined) return { looked: await this.#lookAt(task, task.names) };
    const list = new NameList();
    const listError = await this.#list(list, task);
    const names = list.packed(list.order());
    const looked = await this.#lookAt(task, new PackedNames(names).take(NAMES_A_TASK));
    return { names, looked, ...(listError === undefined ? {} : { listError }) };
  }

  async #list(into: NameList, { folder }: LookTask): Promise<PostedError | undefined> {
    let opened: Descriptor | undefined;
    try {
      opened = this.folders.openToList(folder);
      await into.addAll(opened, this.#lister, this.breather);
      return undefined;
    } catch (error) {
      return posted(error);
    } finally {
      if (opened !== undefined) closeRead(opened);
    }
  }

  async #lookAt(task: LookTask, names: Uint8Array): Promise<LookedName[]> {
    const looked: LookedName[] = [];
    const cNames = [...new PackedNames(names)];
    if (cNames.length === 0) return looked;
    try {
      this.#reader.enter(this.folders.get(task.folder));
    } catch (error) {
      return cNames.map(() => ({ error: posted(error), opensAsFolder: false }));
    }
    for (const cName of cNames) looked.push(await this.#lookAtName(task, cName));
    return looked;
  }

  async #lookAtName({ path }: LookTask, cName: Uint8Array): Promise<LookedName> {
    const reader = this.#reader;
    for (let tries = MOST_TRIES;; tries--) {
      try {
        reader.look(cName);
      } catch (error) {
        if (!(error instanceof SystemError)) throw error;
        return { error: posted(error), opensAsFolder: reader.opensAsFolder(cName) };
      }
      const status = reader.status.bytes.slice();
      const name = cName.subarray(0, -1);
      const isFolder = reader.type === S_IFDIR;
      if (this.#excludes?.matches(joinBytes(path, name), name, isFolder) === true) {
        return { status };
      }
      try {
        const found = await reader.read(cName);
        const unread = reader.unread.map(({ error, name }) => ({
          error: posted(error),
          ...(name === undefined ? {} : { name }),
        }));
        return { status, found, ...(unread.length === 0 ? {} : { unread }) };
      } catch (error) {
        if (error instanceof ChangedError && tries > 0) continue;
        if (!(error instanceof ChangedError || error instanceof SystemError)) throw error;
        return { status, error: posted(error) };
      }
    }
  }
}
