/**
 * A catalogue of many synthetic files: how long it takes to make, how large it is, and how soon it
 * answers.
 * @module
 */

import { statSync } from "node:fs";
import process from "node:process";
import { conditionOf } from "../cli/finding/conditions.ts";
import { hexOf } from "../image/content_record.ts";
import { Catalogue } from "../volumes/catalogue/catalogue.ts";
import { CatalogueWriter } from "../volumes/catalogue/catalogue_writer.ts";
import { findEntries } from "../volumes/catalogue/find_entries.ts";
import type { IndexedFile, IndexedFolder } from "../volumes/catalogue/index/indexed.ts";
import { type Cursor, mergeIndexes } from "../volumes/catalogue/merge_indexes.ts";
import { markdownTable, showBytes, showSeconds } from "./table.ts";

const COUNT_FILES = 10_000_000;
const COUNT_VOLUMES = 12;
const FILES_A_FOLDER = 100;
const FOLDERS_A_PART = 1000;
const EXTENSIONS = ["jpg", "txt", "xml", "pdf", "dat"];
const encoder = new TextEncoder();

/** Runs it, and gives a table. @param scale 1 for ten million files */
export async function catalogue(
  folder: string,
  scale: number,
  log: (text: string) => void,
): Promise<string> {
  const path = `${folder}/bench.catalogue`;
  const countFiles = Math.ceil(COUNT_FILES * scale);
  log(`a catalogue of ${countFiles.toLocaleString("en")} files`);
  const begin = performance.now();
  await make(path, countFiles);
  const seconds = (performance.now() - begin) / 1000;
  const { size: sizeBytes } = statSync(path);
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  const rows: [string, string, string][] = [
    ["made", `${showSeconds(seconds)}, ${(seconds / countFiles * 1e6).toFixed(1)} µs a file`, "–"],
    ["peak memory", showBytes(peakBytes), "–"],
    ["size", `${showBytes(sizeBytes)}, ${(sizeBytes / countFiles).toFixed(1)} B a file`, "≤ 120 B"],
    ...queries(path, countFiles),
  ];
  return markdownTable(["what", "measured", "goal"], rows);
}

function queries(path: string, countFiles: number): [string, string, string][] {
  const timed = <T>(work: () => T): [result: T, seconds: number] => {
    const begin = performance.now();
    const result = work();
    return [result, (performance.now() - begin) / 1000];
  };
  const [open, openSeconds] = timed(() => Catalogue.open(path));
  using catalogue = open;
  const last = countFiles - 1;
  const paths = [0, last >> 2, last >> 1, last].map(pathOf);
  const exact = paths.map((each) => timed(() => catalogue.files(encoder.encode(each))));
  if (exact.some(([found]) => found.length !== 1)) throw new Error("a path was not found.");
  const isMeant = conditionOf({ ...NO_CONDITIONS, name: ["*.jpg"] });
  const count = (below: string) => {
    let found = 0;
    const search = {
      below: catalogue.folder(encoder.encode(below))!,
      names: ["*.jpg"],
      withFolders: true,
      withDigests: false,
    };
    for (const entry of findEntries(catalogue, search)) {
      const name = new TextDecoder().decode(entry.name);
      if (isMeant({ name, path: name, stat: entry })) found++;
    }
    return found;
  };
  const [below, belowSeconds] = timed(() => count("archive/part-00000"));
  const [all, allSeconds] = timed(() => count(""));
  const digest = hexOf(digestOf(last >> 2));
  const [byDigest, digestSeconds] = timed(() => [
    ...findEntries(catalogue, {
      below: catalogue.folder(new Uint8Array())!,
      names: [],
      digest,
      withFolders: false,
    }),
  ]);
  if (byDigest.length !== 1) throw new Error("a digest was not found.");
  const worst = Math.max(...exact.map(([, seconds]) => seconds));
  return [
    ["opened", showSeconds(openSeconds), "–"],
    ["one path, the slowest of four", showSeconds(worst), "≤ 20 ms"],
    ["one digest", showSeconds(digestSeconds), "–"],
    [
      `*.jpg below a folder: ${below.toLocaleString("en")} found`,
      showSeconds(belowSeconds),
      "≤ 1 s",
    ],
    [`*.jpg in all: ${all.toLocaleString("en")} found`, showSeconds(allSeconds), "–"],
  ];
}

const NO_CONDITIONS = {
  name: [],
  iname: [],
  path: [],
  kind: undefined,
  size: [],
  newer: undefined,
  older: undefined,
};

async function make(path: string, countFiles: number): Promise<void> {
  const cursors = Array.from(
    { length: COUNT_VOLUMES },
    (_, volume) => new Synthetic(volume, countFiles),
  );
  using writer = new CatalogueWriter(
    path,
    cursors.map((_, volume) => {
      const name = `archive-${String(volume).padStart(4, "0")}.img`;
      const uuid = crypto.randomUUID();
      return { name, location: name, uuid, sizeBytes: 1e11, layers: [{ name, uuid }] };
    }),
  );
  await mergeIndexes(cursors, writer);
  writer.finish();
}

/** `archive/part-00012/folder-000345/IMG_00034567.jpg` */
function pathOf(file: number): string {
  const folder = Math.floor(file / FILES_A_FOLDER);
  return `${folderPath(folder)}/${nameOf(file)}`;
}

function folderPath(folder: number): string {
  const part = String(Math.floor(folder / FOLDERS_A_PART)).padStart(5, "0");
  return `archive/part-${part}/folder-${String(folder).padStart(6, "0")}`;
}

function nameOf(file: number): string {
  return `IMG_${String(file).padStart(8, "0")}.${EXTENSIONS[file % EXTENSIONS.length]}`;
}

/** 32 bytes as random as those of SHA-256, for less. */
function digestOf(file: number): Uint8Array {
  const words = new Uint32Array(8);
  let state = file + 1;
  for (let i = 0; i < 8; i++) {
    state = Math.imul(state ^ (state >>> 16), 0x45d9f3b) + 0x9e3779b9 | 0;
    words[i] = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
  }
  return new Uint8Array(words.buffer);
}

/** The index of one volume: the folders above its own, then its own with their files. */
class Synthetic implements Cursor {
  folder: IndexedFolder | undefined;
  file: IndexedFile | undefined;
  readonly #steps: Generator<string | number>;
  #waiting: IndexedFolder | undefined;

  constructor(volume: number, countFiles: number) {
    this.#steps = stepsOf(volume, countFiles);
    this.nextFile();
    this.nextFolder();
  }

  nextFolder(): void {
    while (this.file !== undefined) this.nextFile();
    this.folder = this.#waiting;
    this.#waiting = undefined;
    if (this.folder !== undefined) this.nextFile();
  }

  nextFile(): void {
    const step = this.#steps.next();
    this.file = undefined;
    if (step.done === true) return;
    const metadata = { uid: 1000, gid: 1000, seconds: 1.7e9, nanoseconds: 123_456_789, layer: 0 };
    if (typeof step.value === "string") {
      this.#waiting = { ...metadata, mode: 0o40755, path: encoder.encode(step.value) };
      return;
    }
    this.file = {
      ...metadata,
      seconds: 1.7e9 + step.value,
      mode: 0o100644,
      name: encoder.encode(nameOf(step.value)),
      sizeBytes: 3_000_000 + step.value,
      digest: digestOf(step.value),
      hasHoles: false,
    };
  }
}

function* stepsOf(volume: number, countFiles: number): Generator<string | number> {
  const countFolders = Math.ceil(countFiles / FILES_A_FOLDER);
  const first = Math.floor(countFolders * volume / COUNT_VOLUMES);
  const end = Math.floor(countFolders * (volume + 1) / COUNT_VOLUMES);
  yield "";
  yield "archive";
  let above = "";
  for (let folder = first; folder < end; folder++) {
    const path = folderPath(folder);
    const part = path.slice(0, path.lastIndexOf("/"));
    if (part !== above) yield above = part;
    yield path;
    const endFile = Math.min(countFiles, (folder + 1) * FILES_A_FOLDER);
    for (let file = folder * FILES_A_FOLDER; file < endFile; file++) yield file;
  }
}
