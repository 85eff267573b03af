/**
 * All that programs nobody here wrote print of a folder: names, metadata, links, attributes,
 * contents.
 * @module
 */

import { Buffer } from "node:buffer";
import { run } from "../programs/oracles.ts";

const FIELDS = ["%P", "%y", "%#m", "%U", "%G", "%T@", "%l", "%D-%i", "%s", "%b"];

/** What can be left out of a listing. */
export interface ListingOptions {
  /** Owners cannot be set by one who is not root. */
  readonly withoutOwners?: boolean;
  /** The folder itself may be one that was there before. */
  readonly withoutTop?: boolean;
}

/** Lines in the order of names; the same for two folders that are the same. */
export function listFolder(folder: string, options: ListingOptions = {}): string[] {
  const printed = run("find", [folder, "-printf", `${FIELDS.join("\\0")}\\0`]);
  const values = Buffer.from(printed.stdout).toString("latin1").split("\0");
  const firstOf = new Map<string, string>();
  const names: string[][] = [];
  for (let at = 0; at + FIELDS.length <= values.length; at += FIELDS.length) {
    names.push(values.slice(at, at + FIELDS.length));
  }
  names.sort(([a], [b]) => a! < b! ? -1 : a! > b! ? 1 : 0);
  const lines: string[] = [];
  for (const [path, type, mode, uid, gid, time, target, inode, size, blocks] of names) {
    if (path === "" && options.withoutTop === true) continue;
    const isFolder = type === "d";
    if (!isFolder && !firstOf.has(inode!)) firstOf.set(inode!, path!);
    const owner = options.withoutOwners === true ? "" : `${uid}:${gid}`;
    // Blocks differ between file systems, but not whether most of a long file is holes.
    const isSparse = Number(size) > 1e6 && Number(blocks) * 512 < Number(size) / 2;
    const room = type !== "f" ? "" : `${size} ${isSparse}`;
    const same = isFolder ? "" : firstOf.get(inode!);
    lines.push([path, type, mode, owner, time, target, same, room].join(" "));
  }
  return [...lines, ...devices(folder), ...attributes(folder), ...contents(folder)];
}

function devices(folder: string): string[] {
  return sorted(folder, "find . \\( -type b -o -type c \\) -exec stat -c '%n %t:%T' {} +");
}

function attributes(folder: string): string[] {
  return [text(folder, "getfattr -R -P -h -d -m - -e hex . | LC_ALL=C sort")];
}

function contents(folder: string): string[] {
  return sorted(
    folder,
    "find . -type f -readable -size -100M -exec sha256sum -z {} + | tr '\\0' '\\n'",
  );
}

function sorted(folder: string, command: string): string[] {
  return text(folder, command).split("\n").sort();
}

function text(folder: string, command: string): string {
  return Buffer.from(run("sh", ["-c", command], folder).stdout).toString("latin1");
}
