/**
 * Files and folders of a catalogue.
 * @module
 */

import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG } from "../../ext4/tree.ts";
import type { FileKind, Time } from "../../ext4/reader/metadata/stat.ts";
import { joinPath } from "../../ext4/reader/path.ts";
import { bytesIn, damagedCatalogue } from "./damaged.ts";
import type { CataloguedAttributes, CataloguedLayer, VolumeTable } from "./volume_table.ts";

/** A row of the table `files`. */
export interface FileRow extends MetadataRow {
  readonly folder: number;
  readonly name: Uint8Array;
  readonly size: number;
  readonly digest: Uint8Array | null;
  readonly has_holes: number | null;
}

/** The columns of a file, in the order of `FileColumns`. */
export const FILE_COLUMNS =
  "id, folder, name, layer, attributes, size, mtime, mtime_ns, digest, has_holes";

/** A row of the table `files` as an array. */
export type FileColumns = readonly [
  id: number,
  folder: number,
  name: Uint8Array,
  layer: number,
  attributes: number,
  size: number,
  mtime: number,
  mtime_ns: number,
  digest: Uint8Array | null,
  has_holes: number | null,
];

/** The same as an object. */
export function fileRow(columns: FileColumns): FileRow {
  const [id, folder, name, layer, attributes, size, mtime, mtime_ns, digest, has_holes] = columns;
  return { id, folder, name, layer, attributes, size, mtime, mtime_ns, digest, has_holes };
}

/** A row of the table `folders`. */
export interface FolderRow extends MetadataRow {
  readonly path: Uint8Array;
  readonly first_file: number;
  readonly count_files: number;
}

interface MetadataRow {
  readonly id: number;
  readonly layer: number;
  readonly attributes: number;
  readonly mtime: number;
  readonly mtime_ns: number;
}

/** What a file and a folder have in common. */
abstract class Catalogued {
  constructor(private readonly table: VolumeTable, protected readonly row: MetadataRow) {}

  /** Its number among its like. */
  get id(): number {
    return this.row.id;
  }

  /** Where it is: the layer, and with it the volume. */
  get layer(): CataloguedLayer {
    const layer = this.table.layers.get(this.row.layer);
    if (layer !== undefined) return layer;
    throw damagedCatalogue("a row of it is of no volume");
  }

  /** Type, permissions, owner and group. */
  get attributes(): CataloguedAttributes {
    const attributes = this.table.attributes.get(this.row.attributes);
    if (attributes !== undefined) return attributes;
    throw damagedCatalogue("a row of it has no owner and mode");
  }

  /** What it is. */
  get kind(): FileKind {
    return kindOf(this.attributes.mode);
  }

  /** When it was modified. */
  get mtime(): Time {
    return { seconds: this.row.mtime, nanoseconds: this.row.mtime_ns };
  }
}

/** A folder, which several volumes may have. */
export class CataloguedFolder extends Catalogued {
  /** Made from its row. */
  constructor(table: VolumeTable, protected override readonly row: FolderRow) {
    super(table, row);
  }

  /** From the root, without a slash in front. */
  get path(): Uint8Array {
    return bytesIn(this.row.path);
  }

  /** The name alone; empty for the root. */
  get name(): Uint8Array {
    return this.path.subarray(this.path.lastIndexOf(SLASH) + 1);
  }

  /** Folders have no size that means anything. */
  get sizeBytes(): number {
    return 0;
  }

  /** The number of its first file. */
  get firstFile(): number {
    return this.row.first_file;
  }

  /** The number behind that of its last file. */
  get endFile(): number {
    return this.row.first_file + this.row.count_files;
  }
}

/** Anything but a folder. */
export class CataloguedFile extends Catalogued {
  /** Made from its row. */
  constructor(
    table: VolumeTable,
    protected override readonly row: FileRow,
    private readonly folder: Uint8Array,
  ) {
    super(table, row);
  }

  /** The number of its folder. */
  get folderId(): number {
    return this.row.folder;
  }

  /** The name alone. */
  get name(): Uint8Array {
    return bytesIn(this.row.name);
  }

  /** From the root, without a slash in front. */
  get path(): Uint8Array {
    return joinPath(this.folder, this.name);
  }

  /** Bytes of contents; of a symbolic link, of its target. */
  get sizeBytes(): number {
    return this.row.size;
  }

  /** SHA-256 of the contents, or where `hasHoles`, of its data and where it lies. */
  get digest(): Uint8Array | undefined {
    return this.row.digest ?? undefined;
  }

  /** Whether long holes were left out of its digest. */
  get hasHoles(): boolean {
    return this.row.has_holes !== null;
  }
}

const SLASH = 0x2f;

const KINDS: ReadonlyMap<number, FileKind> = new Map([
  [S_IFREG, "file"],
  [S_IFDIR, "folder"],
  [S_IFLNK, "symlink"],
  [S_IFCHR, "character-device"],
  [S_IFBLK, "block-device"],
  [S_IFIFO, "fifo"],
]);

function kindOf(mode: number): FileKind {
  return KINDS.get(mode & S_IFMT) ?? "socket";
}
