/**
 * Fills a new catalogue.
 * @module
 */

import { DatabaseSync, type StatementSync } from "node:sqlite";
import type {
  IndexedFile,
  IndexedFolder,
  IndexedMetadata,
  IndexedVolume,
} from "./index/indexed.ts";
import { APPLICATION_ID, CATALOGUE_VERSION, CREATE_INDEXES, CREATE_TABLES } from "./schema.ts";

/** Rows between two commits: a single transaction would hold its pages in memory. */
const BATCH_ROWS = 200_000;

/** Columns of the table of files. */
const COUNT_COLUMNS = 10;

/** Rows that one statement adds: twice as fast as one each. */
const ROWS_AT_ONCE = 50;

/** A volume, and where it was when it was indexed. */
export interface PlacedVolume extends IndexedVolume {
  /** As the catalogue stores it: a URL, or a path from the catalogue's folder. */
  readonly location: string;
}

/** Takes folders in order, each followed by its files in order; numbers of volumes begin at 0. */
export class CatalogueWriter implements Disposable {
  readonly #database: DatabaseSync;
  readonly #addFolder: StatementSync;
  readonly #addPlace: StatementSync;
  readonly #addFile: StatementSync;
  readonly #addFiles: StatementSync;
  readonly #addAttributes: StatementSync;
  readonly #firstLayer: number[] = [];
  readonly #attributes = new Map<string, number>();
  #last = { mode: -1, uid: -1, gid: -1, id: -1 };
  #folder: { readonly id: number; readonly first: number; readonly values: Values } | undefined;
  #countFolders = 0;
  #countFiles = 0;
  readonly #pending: (Uint8Array | number | null)[] = [];

  /** @param path An empty file, which nobody else has: there is no journal. */
  constructor(path: string, volumes: readonly PlacedVolume[]) {
    this.#database = new DatabaseSync(path);
    this.#database.exec(
      `pragma page_size = 8192; pragma journal_mode = off; pragma synchronous = off;
       pragma foreign_keys = off;
       pragma application_id = ${APPLICATION_ID}; pragma user_version = ${CATALOGUE_VERSION};
       ${CREATE_TABLES} begin;`,
    );
    this.#addVolumes(volumes);
    const prepare = (sql: string) => this.#database.prepare(sql);
    this.#addFolder = prepare("insert into folders values (?, ?, ?, ?, ?, ?, ?, ?)");
    this.#addPlace = prepare("insert into places values (?, ?)");
    const row = `(${Array(COUNT_COLUMNS).fill("?").join(", ")})`;
    this.#addFile = prepare(`insert into files values ${row}`);
    const rows = Array(ROWS_AT_ONCE).fill(row).join(", ");
    this.#addFiles = prepare(`insert into files values ${rows}`);
    this.#addAttributes = prepare("insert into attributes values (?, ?, ?, ?)");
  }

  /** Adds a folder. @param volumes Those that have it; its metadata is of the first. */
  folder(folder: IndexedFolder, volumes: readonly number[]): void {
    this.#endFolder();
    const id = ++this.#countFolders;
    const { path, seconds, nanoseconds } = folder;
    this.#folder = {
      id,
      first: this.#countFiles + 1,
      values: [
        this.#layer(volumes[0]!, folder),
        this.#attributesOf(folder),
        seconds,
        nanoseconds,
        path,
      ],
    };
    for (const volume of volumes) this.#addPlace.run(id, volume + 1);
  }

  /** Adds a file to the folder before it. */
  file(file: IndexedFile, volume: number): void {
    const { name, sizeBytes, seconds, nanoseconds, digest, hasHoles } = file;
    this.#pending.push(
      ++this.#countFiles,
      this.#countFolders,
      name,
      this.#layer(volume, file),
      this.#attributesOf(file),
      sizeBytes,
      seconds,
      nanoseconds,
      digest ?? null,
      hasHoles ? 1 : null,
    );
    if (this.#pending.length === COUNT_COLUMNS * ROWS_AT_ONCE) {
      this.#addFiles.run(...this.#pending);
      this.#pending.length = 0;
    }
    if (this.#countFiles % BATCH_ROWS === 0) this.#database.exec("commit; begin");
  }

  /** Ends it. @returns What it holds. */
  finish(): { readonly countFolders: number; readonly countFiles: number } {
    this.#endFolder();
    for (let at = 0; at < this.#pending.length; at += COUNT_COLUMNS) {
      this.#addFile.run(...this.#pending.slice(at, at + COUNT_COLUMNS));
    }
    this.#database.exec(`commit; ${CREATE_INDEXES}`);
    return { countFolders: this.#countFolders, countFiles: this.#countFiles };
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#database.close();
  }

  #endFolder(): void {
    if (this.#folder === undefined) return;
    const { id, first, values: [layer, attributes, seconds, nanoseconds, path] } = this.#folder;
    const count = this.#countFiles - first + 1;
    this.#addFolder.run(id, path, first, count, layer, attributes, seconds, nanoseconds);
    this.#folder = undefined;
  }

  #addVolumes(volumes: readonly PlacedVolume[]): void {
    const addVolume = this.#database.prepare("insert into volumes values (?, ?, ?, ?, ?, ?, ?)");
    const addLayer = this.#database.prepare("insert into layers values (?, ?, ?, ?, ?)");
    let countLayers = 0;
    for (const [number, volume] of volumes.entries()) {
      const { name, location, uuid, sizeBytes, recordDigest, noDigests } = volume;
      const id = number + 1;
      addVolume.run(id, name, location, uuid, sizeBytes, recordDigest ?? null, noDigests ?? null);
      this.#firstLayer.push(countLayers);
      for (const [position, { name, uuid }] of volume.layers.entries()) {
        addLayer.run(countLayers++, id, position, name, uuid);
      }
    }
  }

  #layer(volume: number, { layer }: IndexedMetadata): number {
    return this.#firstLayer[volume]! + layer;
  }

  /** Most files have the attributes of the one before. */
  #attributesOf({ mode, uid, gid }: IndexedMetadata): number {
    const last = this.#last;
    if (last.mode === mode && last.uid === uid && last.gid === gid) return last.id;
    const key = `${mode} ${uid} ${gid}`;
    let id = this.#attributes.get(key);
    if (id === undefined) {
      id = this.#attributes.size;
      this.#attributes.set(key, id);
      this.#addAttributes.run(id, mode, uid, gid);
    }
    this.#last = { mode, uid, gid, id };
    return id;
  }
}

type Values = readonly [
  layer: number,
  attributes: number,
  seconds: number,
  nanoseconds: number,
  path: Uint8Array,
];
