/**
 * Compares what the reader says of an image with what the kernel's mount of it shows.
 * @module
 */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { type FileSystem, openFileSystem } from "../../../ext4/reader/file_system.ts";
import type { Stat, Time } from "../../../ext4/reader/metadata/stat.ts";
import type { OpenOptions } from "../../../ext4/reader/open/open_volume.ts";
import { INODE_FLAGS } from "../../../ext4/structs/inode.ts";
import { fileSource } from "../file_source.ts";
import { output, run } from "../programs/oracles.ts";

/** Keys are latin1 text, so that any bytes are a key. */
type Facts = Record<string, string>;
type Tree = Map<string, Facts>;

/** Fails unless the reader shows of an image what the mount of it shows. */
export async function assertReaderAgrees(
  image: string,
  mountpoint: string,
  options: OpenOptions = {},
): Promise<void> {
  const kernel = kernelTree(mountpoint);
  using source = fileSource(image);
  const files = await openFileSystem(source, options);
  const reader = await readerTree(files);
  assert.deepEqual([...reader.keys()].sort(), [...kernel.keys()].sort());
  for (const [path, facts] of kernel) assert.deepEqual(reader.get(path), facts, path);
  await assertLookUps(files, kernel);
}

/** Everything a mount shows, by path. */
export function kernelTree(mountpoint: string): Tree {
  const tree: Tree = new Map();
  const root = Buffer.from(mountpoint);
  const xattrs = kernelXattrs(mountpoint);
  const times = kernelTimes(mountpoint);
  const visit = (path: Buffer, relative: string) => {
    const stat = lstatSync(path, { bigint: true });
    const isDevice = (stat.mode & 0o170000n) === 0o020000n || (stat.mode & 0o170000n) === 0o060000n;
    const facts: Facts = {
      mode: stat.mode.toString(8),
      owner: `${stat.uid}:${stat.gid}`,
      size: `${stat.size}`,
      links: `${stat.nlink}`,
      inode: `${stat.ino}`,
      allocated: `${stat.blocks * 512n}`,
      ...times.get(relative),
      xattrs: xattrs.get(relative) ?? "",
      ...(isDevice ? { device: `${stat.rdev}` } : {}),
      ...(stat.isFile() ? { contents: digest(readFileSync(path)) } : {}),
      ...(stat.isSymbolicLink()
        ? { target: latin1(readlinkSync(path, { encoding: "buffer" })) }
        : {}),
    };
    tree.set(relative, facts);
    if (!stat.isDirectory()) return;
    for (const name of readdirSync(path, { encoding: "buffer" })) {
      const text = latin1(name);
      const below = Buffer.concat([path, Buffer.from("/"), name]);
      visit(below, relative === "" ? text : `${relative}/${text}`);
    }
  };
  visit(root, "");
  return tree;
}

async function readerTree(files: FileSystem): Promise<Tree> {
  const tree: Tree = new Map();
  tree.set("", await readerFacts(files, await files.stat("/")));
  for await (const entry of files.walk()) {
    tree.set(latin1(entry.path), await readerFacts(files, entry.stat));
  }
  return tree;
}

async function readerFacts(files: FileSystem, stat: Stat): Promise<Facts> {
  const { inode } = stat;
  const xattrs = await files.xattrs(inode);
  const facts: Facts = {
    mode: stat.mode.toString(8),
    owner: `${stat.uid}:${stat.gid}`,
    size: `${stat.sizeBytes}`,
    links: `${stat.countLinks}`,
    inode: `${inode}`,
    allocated: `${stat.allocatedBytes + shownInlineBytes(stat)}`,
    mtime: nanoseconds(stat.mtime),
    atime: nanoseconds(stat.atime),
    ctime: nanoseconds(stat.ctime),
    xattrs: xattrText(xattrs.map(({ name, value }) => [latin1(name), Buffer.from(value)])),
  };
  if (stat.device !== undefined) facts["device"] = `${rdev(stat.device)}`;
  if (stat.kind === "symlink") facts["target"] = latin1(await files.readLink(inode));
  if (stat.kind === "file") {
    const hash = createHash("sha256");
    for await (const piece of files.readFile(inode)) hash.update(piece);
    facts["contents"] = hash.digest("hex");
  }
  return facts;
}

/** The kernel shows a file's contents within its inode as if they took sectors of their own. */
function shownInlineBytes({ kind, flags, sizeBytes }: Stat): number {
  return kind === "file" && (flags & INODE_FLAGS.inline_data) !== 0
    ? Math.ceil(sizeBytes / 512) * 512
    : 0;
}

/** A look-up by path goes another way than a listing: through the index. */
async function assertLookUps(files: FileSystem, kernel: Tree): Promise<void> {
  for (const [path, facts] of kernel) {
    const stat = await files.stat(Buffer.from(path, "latin1"));
    assert.equal(`${stat.inode}`, facts["inode"], path);
  }
}

/** Not every runtime's `lstat` gives nanoseconds; find does. */
function kernelTimes(mountpoint: string): Map<string, Facts> {
  const { stdout } = run("find", [".", "-printf", "%T@ %A@ %C@ %P\\0"], mountpoint);
  const times = new Map<string, Facts>();
  for (const line of latin1(stdout).split("\0").slice(0, -1)) {
    const [mtime, atime, ctime] = line.split(" ", 3) as [string, string, string];
    const path = line.slice(mtime.length + atime.length + ctime.length + 3);
    // Ten digits behind the point: nanoseconds, and a zero.
    const whole = (time: string) => `${BigInt(time.replace(".", "").slice(0, -1))}`;
    times.set(path, { mtime: whole(mtime), atime: whole(atime), ctime: whole(ctime) });
  }
  return times;
}

function kernelXattrs(mountpoint: string): Map<string, string> {
  const printed = output(
    "getfattr",
    ["-R", "-P", "-h", "-d", "-m", "-", "-e", "hex", "."],
    mountpoint,
  );
  const found = new Map<string, string>();
  for (const block of printed.split("\n\n").filter((one) => one.trim() !== "")) {
    const [head, ...lines] = block.split("\n").filter((line) => line !== "");
    const path = unescape(head!.slice("# file: ".length));
    const pairs = lines.map((line): [string, Buffer] => {
      const [name, hex] = line.split("=") as [string, string | undefined];
      return [unescape(name), Buffer.from((hex ?? "0x").slice(2), "hex")];
    });
    found.set(path === "." ? "" : path, xattrText(pairs));
  }
  return found;
}

/** getfattr writes odd bytes of names as three octal digits. */
function unescape(text: string): string {
  return Buffer.from(
    text.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(parseInt(octal, 8))),
    "utf8",
  )
    .toString("latin1");
}

function xattrText(pairs: [string, Buffer][]): string {
  return pairs.map(([name, value]) =>
    `${name}=${value.length < 100 ? value.toString("hex") : digest(value)}`
  )
    .sort().join(" ");
}

function rdev({ major, minor }: { readonly major: number; readonly minor: number }): bigint {
  return BigInt(minor & 0xff) | (BigInt(major) << 8n) | (BigInt(minor & ~0xff) << 12n);
}

function nanoseconds({ seconds, nanoseconds }: Time): string {
  return `${BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds)}`;
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}
