/**
 * The feature bits of a superblock, with the names `dumpe2fs` prints.
 *
 * Compat: whoever does not know it may still write. Ro_compat: may still read. Incompat: must not
 * touch the image at all.
 * Source: kernel Documentation/filesystems/ext4/super.rst, e2fsprogs lib/e2p/feature.c.
 * @module
 */

/** `s_feature_compat`. */
export const COMPAT = {
  dir_prealloc: 0x1,
  imagic_inodes: 0x2,
  has_journal: 0x4,
  ext_attr: 0x8,
  resize_inode: 0x10,
  dir_index: 0x20,
  lazy_bg: 0x40,
  snapshot_bitmap: 0x100,
  sparse_super2: 0x200,
  fast_commit: 0x400,
  stable_inodes: 0x800,
  orphan_file: 0x1000,
} as const;

/** `s_feature_incompat`. */
export const INCOMPAT = {
  compression: 0x1,
  filetype: 0x2,
  needs_recovery: 0x4,
  journal_dev: 0x8,
  meta_bg: 0x10,
  extent: 0x40,
  "64bit": 0x80,
  mmp: 0x100,
  flex_bg: 0x200,
  ea_inode: 0x400,
  dirdata: 0x1000,
  metadata_csum_seed: 0x2000,
  large_dir: 0x4000,
  inline_data: 0x8000,
  encrypt: 0x1_0000,
  casefold: 0x2_0000,
} as const;

/** `s_feature_ro_compat`. */
export const RO_COMPAT = {
  sparse_super: 0x1,
  large_file: 0x2,
  btree_dir: 0x4,
  huge_file: 0x8,
  uninit_bg: 0x10,
  dir_nlink: 0x20,
  extra_isize: 0x40,
  has_snapshot: 0x80,
  quota: 0x100,
  bigalloc: 0x200,
  metadata_csum: 0x400,
  replica: 0x800,
  "read-only": 0x1000,
  project: 0x2000,
  shared_blocks: 0x4000,
  verity: 0x8000,
  orphan_present: 0x1_0000,
} as const;

/** One of the three tables. */
export type FeatureTable = Readonly<Record<string, number>>;

/**
 * The names of the bits that are set.
 * @param bits one of the three feature fields
 * @param table the table of that field
 * @returns names in the order of the bits; a bit without a name is `FEATURE_` and its mask in hex
 */
export function featureNames(bits: number, table: FeatureTable): string[] {
  const known = new Map(Object.entries(table).map(([name, bit]) => [bit, name]));
  const names: string[] = [];
  for (let i = 0; i < 32; i++) {
    const bit = (1 << i) >>> 0;
    if ((bits & bit) !== 0) names.push(known.get(bit) ?? `FEATURE_0x${bit.toString(16)}`);
  }
  return names;
}
