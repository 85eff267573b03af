/**
 * Files that are not extracted, as they are damaged.
 * @module
 */

import { leaveOut } from "../../ext4/reader/leave_out.ts";
import type { TreeEntry, TreeInode } from "../../ext4/tree.ts";
import { DamagedFileError } from "../../pipeline/build_errors.ts";
import { asBroken, damageOf } from "../content_check.ts";
import type { ImageReader } from "../image_reader.ts";
import type { ImageTree } from "../image_tree.ts";
import { asDamagedFile, StoredDamageError } from "../stored/stored_damage_error.ts";
import { pathBytesOf, pathBytesOfEntry } from "../tree_path.ts";

/** Collects them. */
export class LeftOutFiles {
  readonly #others = new Set<TreeInode>();
  readonly #damaged = new Set<TreeInode>();

  constructor(
    private readonly image: ImageReader,
    private readonly source: ImageTree,
    private readonly pathOf: (row: TreeInode) => string,
    private readonly onDamaged?: (error: DamagedFileError) => void,
  ) {}

  /** Those whose contents are not what was stored. */
  get countDamaged(): number {
    return this.#damaged.size;
  }

  /** Those that cannot be read. */
  get countOthers(): number {
    return this.#others.size;
  }

  /** Leaves a name out for what it failed with. @throws what no file is left out for */
  add(entry: TreeEntry, error: unknown): void {
    const { tree } = this.source;
    const row = tree.entryInode[entry]! as TreeInode;
    if (error instanceof StoredDamageError && this.image.onBroken === undefined) {
      this.#nameDamaged(row, asDamagedFile(error, this.pathOf(row)));
    } else if (!(error instanceof DamagedFileError)) {
      leaveOut(error, this.image, () => pathBytesOfEntry(tree, entry));
      this.#others.add(row);
    }
  }

  /** @throws DamagedFileError for a file that differs from the record, unless it is kept */
  async refuse(row: TreeInode): Promise<void> {
    if (!await this.isKept(row)) throw new DamagedFileError(this.pathOf(row));
  }

  /**
   * Whether a file is extracted though it differs from the record: where the record cannot be relied
   * on, and where damaged files are wanted. Names it where it is damaged.
   */
  async isKept(row: TreeInode): Promise<boolean> {
    const { image, source } = this;
    const damage = await damageOf(image, this.pathOf(row), source.inodeOf(row));
    if (damage === undefined) return true;
    if (image.onBroken !== undefined) {
      image.onBroken(asBroken(damage), pathBytesOf(source.tree, row));
      return true;
    }
    this.#nameDamaged(row, damage);
    return false;
  }

  #nameDamaged(row: TreeInode, damage: DamagedFileError): void {
    this.#damaged.add(row);
    this.onDamaged?.(damage);
  }
}
