/**
 * Everything that is decided about an image, as the writer needs it.
 * @module
 */

import { imageSeed } from "../checksums.ts";
import { COMPAT, INCOMPAT, RO_COMPAT } from "../features.ts";
import type { Tree } from "../tree.ts";
import { chooseBlockSize } from "./block_size.ts";
import { type Contents, countInodesOf, placeContents } from "./content_blocks.ts";
import { type IndexedFolders, planFolders } from "./folder_leaves.ts";
import type { Geometry } from "./groups.ts";
import { type Inventory, takeInventory } from "./inventory.ts";
import { type ContentLayout, layOut } from "./layout.ts";
import type { PlanOptions } from "./options.ts";
import type { PlanNote } from "./report.ts";
import { noteClampedTimes } from "./time_notes.ts";
import { type Owners, ownersOf } from "./sharing.ts";
import { planXattrs, type XattrPlan } from "./xattr_plan.ts";

/** The three feature fields of the superblock. */
export interface Features {
  readonly compat: number;
  readonly incompat: number;
  readonly roCompat: number;
}

/** All decisions; every byte of the image follows from it and from the files' contents. */
export interface ImagePlan {
  readonly tree: Tree;
  readonly options: PlanOptions;
  readonly blockSizeBytes: number;
  readonly notes: readonly PlanNote[];
  readonly inventory: Inventory;
  readonly folders: IndexedFolders;
  readonly xattrs: XattrPlan;
  readonly contents: Contents;
  /** The row whose blocks hold each row's contents; absent where nothing is shared. */
  readonly owners: Owners | undefined;
  readonly layout: ContentLayout;
  readonly geometry: Geometry;
  readonly features: Features;
  /** Inodes in use, the reserved ones counted; also the highest number in use. */
  readonly countInodes: number;
  /** `s_hash_seed`. */
  readonly hashSeed: readonly number[];
  /** What all checksums but the superblock's begin with. */
  readonly seed: number;
}

/** Decides everything. @throws PlanError */
export function decide(tree: Tree, options: PlanOptions): ImagePlan {
  const notes: PlanNote[] = [];
  const inventory = takeInventory(tree, notes);
  noteClampedTimes(tree, inventory, options.times, notes);
  const owners = ownersOf(tree, inventory, options.equalTo);
  const blockSizeBytes = options.blockSizeBytes === "auto"
    ? chooseBlockSize(tree, inventory, options, owners)
    : options.blockSizeBytes;
  const hashSeed = wordsOf(options.hashSeed);

  const xattrs = planXattrs(tree, inventory, blockSizeBytes, notes);
  const folders = planFolders(tree, inventory, blockSizeBytes, hashSeed);
  const contents = placeContents(
    tree,
    inventory,
    folders,
    xattrs,
    blockSizeBytes,
    options,
    owners,
  );
  const countInodes = countInodesOf(inventory, xattrs);
  const layout = layOut(
    tree,
    inventory,
    contents,
    xattrs.countBlocks,
    countInodes,
    blockSizeBytes,
  );
  return {
    tree,
    options,
    blockSizeBytes,
    notes,
    inventory,
    folders,
    xattrs,
    contents,
    owners,
    layout,
    geometry: layout.geometry,
    features: featuresOf(folders, xattrs, contents, blockSizeBytes),
    countInodes,
    hashSeed,
    seed: imageSeed(options.uuid),
  };
}

/** Folders larger than this need `large_dir`, however few levels their index has. */
const FOLDER_MAX_BYTES = 0x7fff_ffff;

function featuresOf(
  folders: IndexedFolders,
  xattrs: XattrPlan,
  { countSharedFiles }: Contents,
  blockSizeBytes: number,
): Features {
  const hasLargeFolder = [...folders.values()].some((folder) =>
    folder.shape.levels === 2 || folder.countBlocks * blockSizeBytes > FOLDER_MAX_BYTES
  );
  return {
    compat: COMPAT.ext_attr | COMPAT.dir_index,
    incompat: INCOMPAT.filetype | INCOMPAT.extent | INCOMPAT["64bit"] | INCOMPAT.flex_bg |
      (xattrs.values.length > 0 ? INCOMPAT.ea_inode : 0) |
      (hasLargeFolder ? INCOMPAT.large_dir : 0),
    roCompat: RO_COMPAT.sparse_super | RO_COMPAT.large_file | RO_COMPAT.huge_file |
      RO_COMPAT.dir_nlink | RO_COMPAT.extra_isize | RO_COMPAT.metadata_csum |
      RO_COMPAT["read-only"] | (countSharedFiles > 0 ? RO_COMPAT.shared_blocks : 0),
  };
}

function wordsOf(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return [0, 4, 8, 12].map((at) => view.getUint32(at, true));
}
