/**
 * Deterministic data sets: the same bytes and times on every machine.
 *
 * - `photos`: 600 incompressible files of 1.5 to 5.5 MB in 60 folders, 2.16 GB
 * - `small`: 100,000 files of 20 bytes to 60 kB in 5,000 folders, 320 MB
 * - `flat`: 100,000 files of 0 to 300 bytes in one folder
 * @module
 */

import { createCipheriv } from "node:crypto";
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";

/** The kinds of data sets. */
export const dataKinds = ["photos", "small", "flat"] as const;

/** One of the kinds. */
export type DataKind = typeof dataKinds[number];

/** What was generated. */
export interface DataSet {
  readonly folder: string;
  readonly countFiles: number;
  /** With the folders in between, and the data set's own. */
  readonly countFolders: number;
  /** The files' lengths added up. */
  readonly sizeBytes: number;
  /** What the files and folders occupy in blocks of 4096 bytes. */
  readonly occupiedBytes: number;
}

interface DataFile {
  readonly folder: string;
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Writes a data set into `folder`. `scale` multiplies the number of files. */
export function generate(kind: DataKind, folder: string, scale = 1): DataSet {
  return writeAll(folder, generators[kind](scale));
}

/** Writes `countFiles` tiny files, a thousand to a folder: what grows is the number alone. */
export function generateMany(folder: string, countFiles: number): DataSet {
  return writeAll(folder, manyFiles(countFiles));
}

const generators: Record<DataKind, (scale: number) => Generator<DataFile>> = {
  *photos(scale) {
    const random = randomSource(1);
    for (let i = 0; i < 600 * scale; i++) {
      const folder = `${2014 + (i % 5)}/${String(1 + (i % 12)).padStart(2, "0")}`;
      const bytes = noise(Math.floor(1.5e6 + random() * 4e6), i);
      yield { folder, name: `IMG_${String(i).padStart(5, "0")}.jpg`, bytes };
    }
  },
  *small(scale) {
    const random = randomSource(2);
    const block = noise(65536, 9);
    for (let i = 0; i < 100_000 * scale; i++) {
      const length = Math.min(60_000, Math.floor(Math.exp(random() * 7 + 3)));
      const bytes = block.subarray(i % 1000, (i % 1000) + length);
      yield { folder: `p${i % 50}/m${Math.floor(i / 50) % 100}`, name: `f${i}.ts`, bytes };
    }
  },
  *flat(scale) {
    const block = noise(65536, 11);
    for (let i = 0; i < 100_000 * scale; i++) {
      const bytes = block.subarray(i % 997, (i % 997) + (i % 301));
      yield { folder: "", name: `message-${String(i).padStart(7, "0")}.eml`, bytes };
    }
  },
};

function* manyFiles(countFiles: number): Generator<DataFile> {
  const block = noise(65536, 13);
  for (let i = 0; i < countFiles; i++) {
    const bytes = block.subarray(i % 997, (i % 997) + (i % 301));
    yield { folder: `d${Math.floor(i / 1000)}`, name: `file-${i}`, bytes };
  }
}

function writeAll(root: string, files: Generator<DataFile>): DataSet {
  const folders = new Set<string>();
  let countFiles = 0, sizeBytes = 0, occupiedBytes = 0;
  mkdirSync(root, { recursive: true });
  for (const { folder, name, bytes } of files) {
    if (!folders.has(folder)) {
      mkdirSync(`${root}/${folder}`, { recursive: true });
      for (let each = folder; each !== ""; each = each.replace(/\/?[^/]*$/, "")) folders.add(each);
      folders.add("");
    }
    const path = `${root}/${folder}/${name}`;
    writeFileSync(path, bytes);
    const i = countFiles++;
    const seconds = 1388534400 + (i * 7919) % 157680000 + (i % 1000) / 1000;
    utimesSync(path, seconds, seconds);
    sizeBytes += bytes.length;
    occupiedBytes += Math.ceil(bytes.length / 4096) * 4096;
  }
  occupiedBytes += folders.size * 4096;
  return { folder: root, countFiles, countFolders: folders.size, sizeBytes, occupiedBytes };
}

/** A linear congruential generator: 0 up to 1. */
function randomSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 4294967296;
}

/** Bytes that nothing can compress. */
function noise(length: number, seed: number): Uint8Array {
  const iv = new Uint8Array(16);
  new DataView(iv.buffer).setUint32(0, seed, true);
  const key = new Uint8Array(32).fill(7);
  return createCipheriv("aes-256-ctr", key, iv).update(new Uint8Array(length));
}
