/**
 * A tree of many small files, of all that volumes have to keep: hard links far apart, symbolic
 * links, holes, extended attributes, owners, modes, times, and names of any bytes.
 * @module
 */

import { Buffer } from "node:buffer";
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { output } from "../../support/programs/oracles.ts";

/** How many, and how large. */
export interface ManyFiles {
  readonly countFiles: number;
  /** Of what has contents, that is a third: the most bytes. */
  readonly mostBytes: number;
}

const FILES_IN_FOLDER = 60;
const FOLDERS_IN_FOLDER = 40;
const HOLES_BYTES = 1 << 20;
const EPOCH_SECONDS = 1_500_000_000;

/** Makes `root/tree`. */
export function makeManyFiles(root: string, { countFiles, mostBytes }: ManyFiles): void {
  const attributes: string[] = [];
  const contents = new Uint8Array(mostBytes + 256).map((_, i) =>
    Math.imul(i, 2_654_435_761) >>> 13
  );
  let folder = "";
  for (let i = 0; i < countFiles; i++) {
    if (i % FILES_IN_FOLDER === 0) {
      folder = folderOf(root, i);
      mkdirSync(folder, { recursive: true });
    }
    const path = pathOf(folder, i);
    if (isLink(i)) symlinkSync(`../nowhere/${i}`, path);
    // The other name lies in the first half, and so mostly in another volume's part.
    else if (isFurtherName(i)) linkSync(pathOf(folderOf(root, i >>> 1), i >>> 1), path);
    else {
      const length = i % 3 === 0 ? i * 7919 % (mostBytes + 1) : 0;
      writeFileSync(path, contents.subarray(i % 251, i % 251 + length));
      if (i % 5000 === 17) truncateSync(path, HOLES_BYTES);
      if (i % 7 === 0) chmodSync(path, i % 0o1000);
      if (i % 11 === 0) chownSync(path, i % 3000, i % 2000);
      if (i % 5 === 0) utimesSync(path, EPOCH_SECONDS, EPOCH_SECONDS + i + 0.123456789);
      if (i % 40 === 9 && typeof path === "string") {
        attributes.push(`# file: ${path}`, `user.number="${i}"`, "");
      }
    }
  }
  for (let i = 0; i < countFiles; i += FILES_IN_FOLDER) {
    const path = folderOf(root, i);
    if (i % 7 === 0) chmodSync(path, 0o700 | i % 0o100);
    utimesSync(path, EPOCH_SECONDS, EPOCH_SECONDS + i + 0.5);
  }
  const dump = join(root, "attributes");
  writeFileSync(dump, attributes.join("\n"));
  output("setfattr", [`--restore=${dump}`]);
  output("rm", [dump]);
}

function folderOf(root: string, file: number): string {
  const folder = Math.floor(file / FILES_IN_FOLDER);
  return join(root, "tree", `${Math.floor(folder / FOLDERS_IN_FOLDER)}`, `part ${folder}`);
}

/** A few names are not UTF-8, or have a line break. */
function pathOf(folder: string, file: number): string | Buffer {
  if (file % 500 === 3) return `${folder}/new\nline ${file}`;
  if (file % 500 === 4) return Buffer.concat([Buffer.from(`${folder}/${file}`), NOT_UTF8]);
  return `${folder}/file ${file}`;
}

const NOT_UTF8 = Buffer.from([0xff, 0xe4, 0x2e]);

function isLink(file: number): boolean {
  return file % 30 === 7;
}

function isFurtherName(file: number): boolean {
  const other = file >>> 1;
  return file % 25 === 24 && !isLink(other) && other % 25 !== 24;
}
