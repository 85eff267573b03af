/**
 * Compares a mounted image with the tree it was made of, name by name.
 * @module
 */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { closeSync, openSync, readSync } from "node:fs";
import {
  hasType,
  nameOf,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  targetOf,
  type Tree,
  type TreeEntry,
  type TreeInode,
} from "../../../ext4/tree.ts";
import { run } from "../programs/oracles.ts";
import type { Built } from "../trees/tree_builder.ts";

const FIELDS = ["%P", "%y", "%m", "%U", "%G", "%s", "%T@", "%n", "%i", "%l"];
const LETTERS: Readonly<Record<number, string>> = {
  [S_IFREG]: "f",
  [S_IFDIR]: "d",
  [S_IFLNK]: "l",
  [S_IFIFO]: "p",
  [S_IFCHR]: "c",
  [S_IFBLK]: "b",
};
/** Files up to this size are compared whole, larger ones around the bounds of their data. */
const WHOLE_MAX_BYTES = 16 * 1024 * 1024;
const PROBE_BYTES = 4096;
const HEAD_BYTES = 1024 * 1024;

/** Names are latin1 text, so that any bytes are a key. */
type Found = ReadonlyMap<string, Readonly<Record<string, string>>>;

/**
 * Fails unless the mount shows the tree: names, types, permissions, owners, sizes, times, links,
 * targets, devices and contents. `lost+found` is left aside.
 */
export function assertMountedEquals(mountpoint: string, built: Built): void {
  const { tree } = built;
  const found = listMount(mountpoint);
  const paths = pathsOf(tree);
  const wanted = new Set(paths.map(([path]) => path));
  const extra = [...found.keys()].filter((path) => !wanted.has(path) && path !== "lost+found");
  assert.deepEqual(extra, [], "the mount has no names that the tree has not");

  const inodeOf = new Map<number, string>();
  for (const [path, inode] of paths) {
    const fields = found.get(path);
    assert.ok(fields !== undefined, `${path} is in the mount`);
    assert.deepEqual(fields, { ...expectedFields(tree, inode), inode: fields["inode"]! }, path);
    assert.equal(inodeOf.get(inode) ?? fields["inode"], fields["inode"], `${path} is one inode`);
    const isFirst = !inodeOf.has(inode);
    inodeOf.set(inode, fields["inode"]!);
    if (!isFirst) continue;
    const full = `${mountpoint}/${Buffer.from(path, "latin1").toString("utf8")}`;
    if (hasType(tree, inode, S_IFREG)) {
      if (isPlainPath(path)) assertSameContents(full, built, inode, path);
      else assertSameOutput(mountpoint, fields["inode"]!, built, inode, path);
    }
    const device = tree.devices.get(inode);
    if (device !== undefined) {
      const printed = Buffer.from(outputOf(mountpoint, fields["inode"]!, "stat", "-c", "%t:%T"))
        .toString()
        .trim();
      assert.equal(printed, `${device.major.toString(16)}:${device.minor.toString(16)}`, path);
    }
  }
}

/** Every path of a tree with its inode, the root (the empty path) first. */
export function pathsOf(tree: Tree): [string, TreeInode][] {
  const paths: [string, TreeInode][] = [["", 0 as TreeInode]];
  for (let at = 0; at < paths.length; at++) {
    const [path, inode] = paths[at]!;
    if (!hasType(tree, inode, S_IFDIR)) continue;
    const first = tree.payload[inode]!;
    for (let entry = first; entry < first + tree.countChildren[inode]!; entry++) {
      const name = Buffer.from(nameOf(tree, entry as TreeEntry)).toString("latin1");
      const child = tree.entryInode[entry]! as TreeInode;
      paths.push([path === "" ? name : `${path}/${name}`, child]);
    }
  }
  return paths;
}

function listMount(mountpoint: string): Found {
  const { stdout, stderr } = run("find", [mountpoint, "-printf", FIELDS.join("\\0") + "\\0"]);
  assert.equal(stderr, "");
  const values = Buffer.from(stdout).toString("latin1").split("\0");
  const found = new Map<string, Record<string, string>>();
  for (let at = 0; at + FIELDS.length < values.length + 1; at += FIELDS.length) {
    const [path, type, mode, uid, gid, size, mtime, links, inode, target] = values.slice(
      at,
      at + FIELDS.length,
    );
    if (path === undefined || inode === undefined || target === undefined) break;
    const isFolder = type === "d";
    found.set(path, {
      type: type!,
      mode: mode!,
      uid: uid!,
      gid: gid!,
      size: isFolder ? "" : size!,
      mtime: mtime!.slice(0, mtime!.indexOf(".") + 10),
      links: isFolder ? "" : links!,
      inode,
      target,
    });
  }
  return found;
}

function expectedFields(tree: Tree, inode: TreeInode): Record<string, string> {
  const mode = tree.mode[inode]!;
  const isFolder = (mode & S_IFMT) === S_IFDIR;
  const isLink = (mode & S_IFMT) === S_IFLNK;
  const nanoseconds = `${tree.mtime.nanoseconds[inode]!}`.padStart(9, "0");
  return {
    type: LETTERS[mode & S_IFMT]!,
    mode: (mode & 0o7777).toString(8),
    uid: `${tree.uid[inode]!}`,
    gid: `${tree.gid[inode]!}`,
    size: isFolder ? "" : `${tree.sizeBytes[inode]!}`,
    mtime: timeText(tree.mtime.seconds[inode]!, nanoseconds),
    links: isFolder ? "" : `${tree.countNames[inode]!}`,
    target: isLink ? Buffer.from(targetOf(tree, inode)).toString("latin1") : "",
  };
}

/** `find` prints times before 1970 as seconds rounded down and the fraction behind. */
function timeText(seconds: number, nanoseconds: string): string {
  return `${seconds}.${nanoseconds}`;
}

function assertSameContents(path: string, built: Built, inode: TreeInode, name: string): void {
  const size = built.tree.sizeBytes[inode]!;
  const fd = openSync(path, "r");
  try {
    for (const [start, end] of probesOf(built.tree, inode, size)) {
      const bytes = new Uint8Array(end - start);
      let got = 0;
      while (got < bytes.length) {
        const count = readSync(fd, bytes, got, bytes.length - got, start + got);
        assert.ok(count > 0, `${name} has ${size} bytes`);
        got += count;
      }
      const expected = built.read(inode, start, bytes.length);
      assert.equal(Buffer.compare(bytes, expected), 0, `${name} from ${start} to ${end}`);
    }
  } finally {
    closeSync(fd);
  }
}

/** Whether the runtime can open it: UTF-8, and not longer than the kernel takes at once. */
function isPlainPath(path: string): boolean {
  const bytes = Buffer.from(path, "latin1");
  return bytes.length < 4000 && Buffer.compare(Buffer.from(bytes.toString("utf8")), bytes) === 0;
}

/** As `assertSameContents` of the first mebibyte, by a program that goes from folder to folder. */
function assertSameOutput(
  mountpoint: string,
  number: string,
  built: Built,
  inode: TreeInode,
  name: string,
): void {
  const length = Math.min(built.tree.sizeBytes[inode]!, HEAD_BYTES);
  const stdout = outputOf(mountpoint, number, "head", "-c", `${HEAD_BYTES}`);
  const expected = built.read(inode, 0, length);
  assert.equal(Buffer.compare(stdout, expected), 0, name);
}

/** What a program prints of an inode, whatever its path is. */
function outputOf(mountpoint: string, number: string, ...command: string[]): Uint8Array {
  const args = [mountpoint, "-inum", number, "-execdir", ...command, "{}", ";", "-quit"];
  const { stdout, stderr } = run("find", args);
  assert.equal(stderr, "");
  return stdout;
}

function probesOf(tree: Tree, inode: TreeInode, size: number): [number, number][] {
  if (size <= WHOLE_MAX_BYTES) return size === 0 ? [] : [[0, size]];
  const ranges = tree.dataRanges.get(inode) ?? Float64Array.of(0, size);
  return [...ranges, 0, size].map((bound) => [
    Math.max(0, bound - PROBE_BYTES),
    Math.min(size, bound + PROBE_BYTES),
  ]);
}
