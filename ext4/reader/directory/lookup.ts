/**
 * Finds one name in a folder: by the index where there is one, else by reading all of it.
 * @module
 */

import { compareBytes } from "../../compare_bytes.ts";
import { dirHashMajor } from "../../dirhash.ts";
import { CorruptImageError } from "../../image_errors.ts";
import { type FileBlock, type InodeNumber, ROOT_INODE } from "../../numbers.ts";
import { encrypted, FileData, requirePlain } from "../contents/file_data.ts";
import { corrupt } from "../corrupt.ts";
import { hasFlag, type Inode } from "../inode/inode.ts";
import { leaveOut } from "../leave_out.ts";
import type { Reading } from "../reading.ts";
import type { Lost, Volume } from "../volume.ts";
import { DirectoryCursor } from "./directory.ts";
import { leafEnd, scanEntries, verifyDirectoryBlock, type VisitEntry } from "./directory_block.ts";
import {
  indexBlock,
  indexHash,
  type IndexNode,
  type IndexRoot,
  loadIndexNode,
  loadIndexRoot,
} from "./htree.ts";
import { isLostAndFound } from "./lost_inodes.ts";
import { RawEntry } from "./raw_entry.ts";

/**
 * The entry with a name, which is neither `.` nor `..`.
 * @returns `undefined` when the folder has none
 * @throws CorruptImageError when the folder is broken where it was read
 * @throws UnsupportedFeatureError when it is encrypted, and does not list the name
 */
export function* lookUp(
  volume: Volume,
  folder: Inode,
  name: Uint8Array,
): Reading<RawEntry | undefined> {
  if (hasFlag(folder, "encrypt")) return yield* lookUpEncrypted(volume, folder, name);
  return volume.lost === undefined
    ? yield* lookUpChecked(volume, folder, name)
    : yield* lookUpDamaged(volume, volume.lost, folder, name);
}

function* lookUpChecked(
  volume: Volume,
  folder: Inode,
  name: Uint8Array,
): Reading<RawEntry | undefined> {
  const finder = new Finder(name);
  if (hasFlag(folder, "index")) {
    const data = yield* FileData.open(volume, folder);
    const root = yield* loadIndexRoot(volume, folder, data);
    if (root !== undefined) {
      yield* searchIndex(volume, folder, data, root, finder);
      // Without checksums, an index that leads astray may be damaged; the entries are still there.
      if (finder.found !== undefined || volume.geometry.metadataChecksums) return finder.found;
    }
  }
  const cursor = yield* DirectoryCursor.open(volume, folder);
  while (finder.found === undefined && (yield* cursor.visitNext(finder.visit)));
  return finder.found;
}

/** By the form in which encrypted names are listed: nobody knows the others. */
function* lookUpEncrypted(volume: Volume, folder: Inode, name: Uint8Array): Reading<RawEntry> {
  if (volume.leaving.onUnsupported === undefined) requirePlain(folder);
  const found = yield* lookUpListed(volume, folder, name);
  if (found === undefined) throw encrypted(folder);
  return found;
}

/** In a damaged image: by whatever of the folder can be made out, then among what was lost. */
function* lookUpDamaged(
  volume: Volume,
  lost: Lost,
  folder: Inode,
  name: Uint8Array,
): Reading<RawEntry | undefined> {
  let found: RawEntry | undefined;
  try {
    found = yield* lookUpChecked(volume, folder, name);
  } catch (error) {
    if (!(error instanceof CorruptImageError)) throw error;
    found = yield* lookUpListed(volume, folder, name);
  }
  const mayBeLost = folder.number !== ROOT_INODE || isLostAndFound(name);
  return found ?? (mayBeLost ? yield* lost.find(folder.number, name) : undefined);
}

/** Among the names as they are listed; those of broken blocks only where these are left out. */
function* lookUpListed(
  volume: Volume,
  folder: Inode,
  name: Uint8Array,
): Reading<RawEntry | undefined> {
  const { leaving } = volume;
  const leave = (error: unknown) => leaveOut(error, leaving, () => undefined);
  try {
    const cursor = yield* DirectoryCursor.open(volume, folder);
    const next = () => cursor.next(1, leaving.onBroken && leave);
    for (let entries = yield* next(); entries !== undefined; entries = yield* next()) {
      const found = entries.find((entry) => compareBytes(entry.name, name) === 0);
      if (found !== undefined) return found;
    }
  } catch (error) {
    leave(error);
  }
  return undefined;
}

class Finder {
  found: RawEntry | undefined;

  constructor(readonly name: Uint8Array) {}

  readonly visit: VisitEntry = (bytes, nameAt, nameLength, inode: InodeNumber, fileType) => {
    const { name } = this;
    if (nameLength !== name.length) return;
    for (let i = 0; i < nameLength; i++) if (bytes[nameAt + i] !== name[i]) return;
    this.found ??= new RawEntry(name, 0, nameLength, inode, fileType);
  };
}

/** Goes down to the leaf of the hash, and on to its neighbours as far as the hash goes on there. */
function* searchIndex(
  volume: Volume,
  folder: Inode,
  data: FileData,
  root: IndexRoot,
  finder: Finder,
): Reading<void> {
  const { s_hash_seed } = volume.geometry.raw;
  const { name } = finder;
  const hash = dirHashMajor(name, 0, name.length, root.hashVersion, s_hash_seed);
  const path: { node: IndexNode; index: number }[] = [{ node: root, index: find(root, hash) }];
  yield* goDown(volume, folder, data, root, path, hash);
  // An index can be made to lead in circles; no leaf needs to be read twice.
  const mostLeaves = folder.sizeBytes / volume.geometry.blockSizeBytes;
  for (let countLeaves = 0; countLeaves < mostLeaves; countLeaves++) {
    const leaf = path.at(-1)!;
    yield* searchLeaf(volume, folder, data, indexBlock(leaf.node, leaf.index), finder);
    if (finder.found !== undefined) return;
    // The next entry to the right, of whichever level; its lowest bit says "the hash goes on here".
    while (path.length > 0 && path.at(-1)!.index + 1 >= path.at(-1)!.node.count) path.pop();
    const next = path.at(-1);
    if (next === undefined) return;
    next.index++;
    if (indexHash(next.node, next.index) !== hash + 1) return;
    yield* goDown(volume, folder, data, root, path, 0);
  }
  throw corrupt("index-loop", "dx_entry", "the index leads to more leaves than there are", {
    inode: folder.number,
  });
}

function* goDown(
  volume: Volume,
  folder: Inode,
  data: FileData,
  root: IndexRoot,
  path: { node: IndexNode; index: number }[],
  hash: number,
): Reading<void> {
  while (path.length <= root.countLevels) {
    const { node, index } = path.at(-1)!;
    const child = yield* loadIndexNode(volume, folder, data, indexBlock(node, index));
    path.push({ node: child, index: hash === 0 ? 0 : find(child, hash) });
  }
}

/** The last entry that begins at or before a hash. */
function find(node: IndexNode, hash: number): number {
  let low = 1, high = node.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (indexHash(node, middle) <= hash) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function* searchLeaf(
  volume: Volume,
  folder: Inode,
  data: FileData,
  fileBlock: FileBlock,
  finder: Finder,
): Reading<void> {
  const { geometry } = volume;
  const isInside = fileBlock > 0 && fileBlock * geometry.blockSizeBytes < folder.sizeBytes;
  const bytes = isInside ? yield* data.block(fileBlock) : undefined;
  if (bytes === undefined || verifyDirectoryBlock(geometry, folder, fileBlock, bytes) !== "leaf") {
    throw corrupt("index-block", "dx_entry", "the index points to a block that is not a leaf", {
      inode: folder.number,
      fileBlock,
    });
  }
  const end = leafEnd(geometry, bytes);
  const area = {
    bytes,
    start: 0,
    end,
    hasDots: false,
    isEncrypted: false,
    folder: folder.number,
    fileBlock,
  };
  scanEntries(geometry, area, finder.visit);
}
