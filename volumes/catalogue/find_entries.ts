/**
 * Searches a catalogue.
 * @module
 */

import type { Catalogue } from "./catalogue.ts";
import {
  CataloguedFile,
  CataloguedFolder,
  FILE_COLUMNS,
  type FileColumns,
  fileRow,
  type FolderRow,
} from "./entries.ts";
import { literalEnds } from "./literal_ends.ts";
import { INDEXED_DIGEST_BYTES } from "./schema.ts";

/** What is looked for; the caller judges the rest. */
export interface Search {
  /** The folder to begin at. */
  readonly below: CataloguedFolder;
  /** Globs of which the name must match one; where there is none, all names are found. */
  readonly names: readonly string[];
  /** Digits in hex that the digest begins with. */
  readonly digest?: string | undefined;
  /** Whether folders are looked for as well. */
  readonly withFolders: boolean;
  /** False where nobody looks at the digests of what is found; they take time to be read. */
  readonly withDigests?: boolean;
}

/** What was found. */
export type Catalogued = CataloguedFile | CataloguedFolder;

/** All that may be meant, folder by folder in the order of the catalogue. */
export function* findEntries(catalogue: Catalogue, search: Search): Generator<Catalogued> {
  const files = foundFiles(catalogue, search);
  if (!search.withFolders || search.digest !== undefined) return yield* files;
  let file = files.next();
  for (const folder of foundFolders(catalogue, search)) {
    for (; file.done !== true && file.value.folderId < folder.id; file = files.next()) {
      yield file.value;
    }
    yield folder;
  }
  for (; file.done !== true; file = files.next()) yield file.value;
}

function* foundFiles(
  catalogue: Catalogue,
  { below, names, digest, withDigests }: Search,
): Generator<CataloguedFile, undefined> {
  const { sql, values } = nameTest("name", names);
  const digests = digest === undefined ? { sql: "", values: [] } : digestTest(digest);
  // A plus keeps the range of numbers from being used instead of the index of digests.
  const id = digest === undefined ? "id" : "+id";
  const found = catalogue.prepare(
    `select ${
      withDigests === false ? COLUMNS_WITHOUT_DIGEST : FILE_COLUMNS
    } from files where ${id} >= ? and ${id} < ? ${digests.sql} ${sql} order by id`,
  );
  const range = [below.firstFile, catalogue.endOfFiles(below)];
  let folder = below;
  // Half as slow as objects.
  returnArrays(found);
  for (const each of found.iterate(...range, ...digests.values, ...values)) {
    const row = fileRow(each as unknown as FileColumns);
    if (row.folder !== folder.id) folder = catalogue.folderById(row.folder);
    yield new CataloguedFile(catalogue.table, row, folder.path);
  }
  return undefined;
}

function* foundFolders(
  catalogue: Catalogue,
  { below, names }: Search,
): Generator<CataloguedFolder> {
  const { sql, values } = nameTest("path", names, false);
  const found = catalogue.prepare(
    `select * from folders where id >= ? and id < ? ${sql} order by id`,
  );
  for (const row of found.iterate(below.id, catalogue.endOf(below), ...values)) {
    yield new CataloguedFolder(catalogue.table, row as unknown as FolderRow);
  }
}

const COLUMNS_WITHOUT_DIGEST = FILE_COLUMNS.replace("digest, has_holes", "null, null");

/** Both runtimes have it, and not the types of one. */
function returnArrays(statement: object): void {
  (statement as { setReturnArrays(isWanted: boolean): void }).setReturnArrays(true);
}

interface Test {
  readonly sql: string;
  readonly values: (Uint8Array | number)[];
}

/**
 * Passes all names that match one of the globs, and perhaps others.
 * @param isName whether the column begins with the name: a path only ends with it
 */
function nameTest(column: string, globs: readonly string[], isName = true): Test {
  const values: (Uint8Array | number)[] = [];
  const tests = globs.map((glob) => {
    const { prefix, suffix } = literalEnds(glob);
    const parts: string[] = [];
    if (isName && prefix.length > 0) {
      parts.push(`substr(${column}, 1, ${prefix.length}) = ?`);
      values.push(prefix);
    }
    if (suffix.length > 0) {
      parts.push(`substr(${column}, -${suffix.length}) = ?`);
      values.push(suffix);
    }
    return parts.length === 0 ? "true" : `(${parts.join(" and ")})`;
  });
  return { sql: tests.length === 0 ? "" : `and (${tests.join(" or ")})`, values };
}

/** By the index of digests: what it does not hold is compared with the digest itself. */
function digestTest(hex: string): Test {
  const first = bytesOf(hex.padEnd(64, "0"));
  const last = bytesOf(hex.padEnd(64, "f"));
  const indexed = `substr(digest, 1, ${INDEXED_DIGEST_BYTES})`;
  return {
    sql: `and digest is not null and ${indexed} between ? and ? and digest between ? and ?`,
    values: [
      first.subarray(0, INDEXED_DIGEST_BYTES),
      last.subarray(0, INDEXED_DIGEST_BYTES),
      first,
      last,
    ],
  };
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));
}
