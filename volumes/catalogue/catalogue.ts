/**
 * A catalogue that is open: which files there are, and in which volume.
 *
 * Folders and files stand in order (`schema.ts`), so a path is found by halving the rows.
 * @module
 */

import { DatabaseSync, type StatementSync } from "node:sqlite";
import { compareBytes } from "../../ext4/compare_bytes.ts";
import { EnvironmentError } from "../../host/environment_error.ts";
import { printable } from "../../host/libc/paths.ts";
import { messageOf } from "../../pipeline/build_errors.ts";
import {
  CataloguedFile,
  CataloguedFolder,
  FILE_COLUMNS,
  type FileRow,
  type FolderRow,
} from "./entries.ts";
import { comparePaths, isWithin } from "./path_order.ts";
import { bytesIn, damagedCatalogue } from "./damaged.ts";
import { APPLICATION_ID, CATALOGUE_VERSION, CREATE_TABLES } from "./schema.ts";
import { VolumeTable } from "./volume_table.ts";

const FOLDER_COLUMNS = "id, path, first_file, count_files, layer, attributes, mtime, mtime_ns";

/** Answers from the catalogue alone: no volume is opened. */
export class Catalogue implements Disposable {
  /** The volumes, their layers, and the attributes that files share. */
  readonly table: VolumeTable;
  readonly #folder: StatementSync;
  readonly #file: StatementSync;
  readonly #files: StatementSync;
  readonly #places: StatementSync;
  readonly #placesWithin: StatementSync;
  readonly #countFolders: number;

  private constructor(
    /** Of the catalogue itself, as it was named. */
    readonly path: string,
    private readonly database: DatabaseSync,
  ) {
    this.table = new VolumeTable(database);
    const prepare = (sql: string) => database.prepare(sql);
    this.#folder = prepare(`select ${FOLDER_COLUMNS} from folders where id = ?`);
    this.#file = prepare(`select ${FILE_COLUMNS} from files where id = ?`);
    this.#files = prepare(`select ${FILE_COLUMNS} from files where id >= ? and id < ?`);
    this.#places = prepare("select volume from places where folder = ?");
    this.#placesWithin = prepare(
      "select distinct volume from places where folder >= ? and folder < ?",
    );
    const last = prepare("select max(id) as id from folders").get() as { id: number | null };
    this.#countFolders = last.id ?? 0;
  }

  /** Opens a catalogue for reading. @throws EnvironmentError `no-catalogue`, `other-catalogue` */
  static open(path: string): Catalogue {
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(path, { readOnly: true });
      const ours = pragma(database, "application_id") === APPLICATION_ID;
      if (!ours) throw new Error("it is not a catalogue of icecore");
      const version = pragma(database, "user_version");
      if (version !== CATALOGUE_VERSION) throw otherVersion(path, version);
      requireOurTables(database);
      return new Catalogue(path, database);
    } catch (error) {
      database?.close();
      if (error instanceof EnvironmentError) throw error;
      throw new EnvironmentError(
        `cannot open the catalogue ${printable(path)}: ${messageOf(error).replace(/\.$/, "")}. ` +
          "Check the path; icecore volume index makes a catalogue of images.",
        "no-catalogue",
        { cause: error },
      );
    }
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.database.close();
  }

  /** The statement that a search is; its rows are read while it is open. */
  prepare(sql: string): StatementSync {
    return this.database.prepare(sql);
  }

  /** A folder by its path, without a slash at either end. */
  folder(path: Uint8Array): CataloguedFolder | undefined {
    const id = this.#halve(1, this.#countFolders + 1, (id) => comparePaths(this.#path(id), path));
    if (id > this.#countFolders) return undefined;
    const folder = this.folderById(id);
    return comparePaths(folder.path, path) === 0 ? folder : undefined;
  }

  /** A folder by its number. */
  folderById(id: number): CataloguedFolder {
    return new CataloguedFolder(this.table, this.#folderRow(id));
  }

  /** What is not a folder and has this path: once for each volume that has it, last one first. */
  files(path: Uint8Array): CataloguedFile[] {
    const at = path.lastIndexOf(SLASH);
    const folder = this.folder(path.subarray(0, Math.max(0, at)));
    return folder === undefined ? [] : this.filesNamed(folder, path.subarray(at + 1));
  }

  /** The same, of a folder. */
  filesNamed(folder: CataloguedFolder, name: Uint8Array): CataloguedFile[] {
    const { firstFile, endFile } = folder;
    const found: CataloguedFile[] = [];
    let id = this.#halve(
      firstFile,
      endFile,
      (id) => compareBytes(bytesIn(this.#row(id).name), name),
    );
    for (; id < endFile; id++) {
      const row = this.#row(id);
      if (compareBytes(bytesIn(row.name), name) !== 0) break;
      found.unshift(new CataloguedFile(this.table, row, folder.path));
    }
    return found;
  }

  /** All in a folder that is not a folder, by the bytes of the names. */
  *filesOf(folder: CataloguedFolder): Generator<CataloguedFile> {
    for (const row of this.#files.iterate(folder.firstFile, folder.endFile)) {
      yield new CataloguedFile(this.table, row as unknown as FileRow, folder.path);
    }
  }

  /** The folders right in a folder, by the bytes of the names. */
  *foldersOf(folder: CataloguedFolder): Generator<CataloguedFolder> {
    const end = this.endOf(folder);
    for (let id = folder.id + 1; id < end;) {
      const child = this.folderById(id);
      yield child;
      id = this.endOf(child);
    }
  }

  /** The number behind that of the last folder below a folder. */
  endOf(folder: CataloguedFolder): number {
    // Most have few folders below them.
    let step = 1;
    while (
      folder.id + step <= this.#countFolders &&
      isWithin(this.#path(folder.id + step), folder.path)
    ) step *= 2;
    const end = Math.min(folder.id + step, this.#countFolders + 1);
    return this.#halve(
      folder.id + (step >> 1),
      end,
      (id) => isWithin(this.#path(id), folder.path) ? -1 : 1,
    );
  }

  /** The number behind that of the last file below a folder. */
  endOfFiles(folder: CataloguedFolder): number {
    return this.folderById(this.endOf(folder) - 1).endFile;
  }

  /** The volumes that have anything of a folder, or of what is below it, in their order. */
  volumesWithin(folder: CataloguedFolder): number[] {
    const places = this.#placesWithin.all(folder.id, this.endOf(folder));
    return places.map(({ volume }) => volume as number).sort((a, b) => a - b);
  }

  /** The volumes that have a folder, in their order. */
  volumesOf(folder: CataloguedFolder): number[] {
    return this.#places.all(folder.id).map(({ volume }) => volume as number);
  }

  #path(id: number): Uint8Array {
    return bytesIn(this.#folderRow(id).path);
  }

  #folderRow(id: number): FolderRow {
    const row = this.#folder.get(id);
    if (row === undefined) throw damagedCatalogue("a folder is missing in it");
    return row as unknown as FolderRow;
  }

  #row(id: number): FileRow {
    const row = this.#file.get(id);
    if (row === undefined) throw damagedCatalogue("a file is missing in it");
    return row as unknown as FileRow;
  }

  /** The first number from `start` on whose row is not before what is looked for; else `end`. */
  #halve(start: number, end: number, compare: (id: number) => number): number {
    let [low, high] = [start, end];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (compare(middle) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const SLASH = 0x2f;

/** A view in the place of a table could take for ever to be read. */
function requireOurTables(database: DatabaseSync): void {
  const rows = database.prepare("select sql from sqlite_schema where type = 'table'").all();
  const there = new Set(rows.map(({ sql }) => sql));
  const ours = CREATE_TABLES.split(";").map((sql) => sql.trim()).filter((sql) => sql !== "");
  const isOurs = ours.every((sql) => there.has(sql.replace(/^create table /, "CREATE TABLE ")));
  if (!isOurs) throw new Error("its tables are not those of a catalogue");
}

function pragma(database: DatabaseSync, name: string): unknown {
  return Object.values(database.prepare(`pragma ${name}`).get() ?? {})[0];
}

function otherVersion(path: string, version: unknown): EnvironmentError {
  return new EnvironmentError(
    `cannot open the catalogue ${printable(path)}: it is of version ${version}, and this icecore ` +
      `reads version ${CATALOGUE_VERSION}. Make it anew with icecore volume index.`,
    "other-catalogue",
  );
}
