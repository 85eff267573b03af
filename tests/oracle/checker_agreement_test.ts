import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkImage } from "../../ext4/checker/check_image.ts";
import { bytesSource } from "../../ext4/reader/bytes/block_source.ts";
import { GROUP_BLOCK_UNINIT } from "../../ext4/structs/group_descriptor.ts";
import { MMP_SEQ_MAX } from "../../ext4/structs/mmp.ts";
import { type Place, placesOf } from "../mutants/places.ts";
import { assertE2fsckClean, e2fsckComplaints, output, run } from "../support/programs/oracles.ts";
import { findProgram, testWith } from "../support/programs/requirements.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

/** One way to be damaged: what is changed, with a checksum that fits, and what is to be found. */
interface Damage {
  readonly what: string;
  readonly options: readonly string[];
  /** Of the structure that is changed, and which of them. */
  readonly kind: string;
  readonly index?: number;
  /** A field of its table, or an offset. */
  readonly at: string | number;
  readonly set: (view: DataView, at: number, before: DataView) => void;
  /** `false` leaves the checksum as it was. */
  readonly isRefitted?: boolean;
  readonly code: string;
}

const EXT4 = ["-t", "ext4", "-O", "^has_journal"];
const WITH_QUOTA = ["-t", "ext4", "-O", "^has_journal,quota,project"];
const WITH_MMP = ["-t", "ext4", "-O", "^has_journal,mmp"];
const JOURNALED = ["-t", "ext4", "-J", "size=1"];
const OLD_JOURNAL = ["-t", "ext3", "-J", "size=1"];
const WITH_ORPHANS = ["-t", "ext4", "-J", "size=1", "-O", "orphan_file"];
const PLAIN = ["-t", "ext4", "-O", "^has_journal,^metadata_csum"];

const u8 = (value: number) => (view: DataView, at: number) => view.setUint8(at, value);
const u16 = (value: number) => (view: DataView, at: number) => view.setUint16(at, value, true);
const u32 = (value: number) => (view: DataView, at: number) => view.setUint32(at, value, true);
const big = (value: number) => (view: DataView, at: number) => view.setUint32(at, value);
const withFlag = (flag: number) => (view: DataView, at: number) =>
  view.setUint32(at, view.getUint32(at, true) | flag, true);

const superblock = (at: string, set: Damage["set"], options = EXT4): Damage => ({
  what: `${at} in the superblock`,
  options,
  kind: "superblock",
  at,
  set,
  code: "superblock-field",
});
const mmp = (what: string, at: number, set: Damage["set"], isRefitted = true): Damage => ({
  what: `MMP block: ${what}`,
  options: WITH_MMP,
  kind: "mmp",
  at,
  set,
  isRefitted,
  code: "mmp",
});
const resizeInode = (what: string, at: string | number, set: Damage["set"], code: string) => ({
  what: `resize inode: ${what}`,
  options: EXT4,
  kind: "inode 7",
  at,
  set,
  code,
});
const journal = (what: string, options: readonly string[], at: string, value: number) => ({
  what: `journal: ${what}`,
  options,
  kind: "journal",
  at,
  set: big(value),
  code: "journal",
});
/** Of the tree that is copied: 11 is lost+found, 12 the folder, 13 the file. */
const inode = (what: string, index: number, at: string, set: Damage["set"], code: string) => ({
  what: `inode: ${what}`,
  options: PLAIN,
  kind: "inode",
  index,
  at,
  set,
  code,
});
const AT_BLOCK = 0x28;

const DAMAGES: readonly Damage[] = [
  superblock("s_min_extra_isize", u16(30)),
  superblock("s_want_extra_isize", u16(200)),
  superblock("s_reserved_gdt_blocks", u16(7), [
    "-t",
    "ext4",
    "-O",
    "^has_journal,^resize_inode",
  ]),
  superblock("s_r_blocks_count_lo", u32(3000)),
  superblock("s_log_groups_per_flex", u8(40)),
  superblock("s_mmp_block", u32(999_999), WITH_MMP),
  { ...superblock("s_usr_quota_inum", u32(50_000), WITH_QUOTA), code: "quota" },
  { ...superblock("s_grp_quota_inum", u32(20), WITH_QUOTA), code: "inode-checksum" },
  {
    what: "usage in a quota file",
    options: WITH_QUOTA,
    kind: "quota",
    // The leaf with the one entry follows the tree, its usage of bytes the entry's head.
    index: 5,
    at: 16 + 0x30,
    set: u32(4096),
    code: "quota-usage",
  },
  {
    what: "a group without its bitmap, and no uninit_bg",
    options: PLAIN,
    kind: "descriptor",
    at: "bg_flags",
    set: u16(GROUP_BLOCK_UNINIT),
    code: "group-flags",
  },
  mmp("its magic", 0, u32(1)),
  mmp("its checksum", 1020, u32(1), false),
  mmp("a check that was interrupted", 4, u32(MMP_SEQ_MAX + 1)),
  resizeInode("i_blocks", "i_blocks_lo", u32(2), "inode-blocks"),
  resizeInode("another block of its own", AT_BLOCK, u32(500), "resize-inode"),
  resizeInode("its list elsewhere", AT_BLOCK + 4 * 13, u32(600), "resize-inode"),
  resizeInode("an i_dtime that names an inode", "i_dtime", u32(3), "inode-field"),
  journal("fields of version 2 in one of version 1", OLD_JOURNAL, "s_nr_users", 7),
  journal("an error of the kernel", JOURNALED, "s_errno", 5),
  journal("more blocks than it has", JOURNALED, "s_maxlen", 65_535),
  journal("features that nobody knows", JOURNALED, "s_feature_incompat", 0x8000),
  {
    what: "orphan file: an inode in it",
    options: WITH_ORPHANS,
    kind: "orphans",
    at: 0,
    set: u32(12),
    code: "orphan-file",
  },
  inode("INDEX_FL on a regular file", 3, "i_flags", withFlag(0x1000), "inode-flag"),
  inode("CASEFOLD_FL without the feature", 3, "i_flags", withFlag(0x4000_0000), "inode-flag"),
  inode("IMAGIC_FL without the feature", 3, "i_flags", withFlag(0x2000), "inode-flag"),
  inode("i_size_high of a folder", 2, "i_size_high", u32(1), "inode-size"),
  inode("i_size of a FIFO", 4, "i_size_lo", u32(5), "inode-size"),
  {
    what: "folder: `.` with the type of a file",
    options: EXT4,
    kind: "folder",
    at: 7,
    set: u8(1),
    code: "directory-entry",
  },
  {
    what: "folder: `..` with the type of a link",
    options: EXT4,
    kind: "folder",
    at: 19,
    set: u8(7),
    code: "directory-entry",
  },
  {
    what: "folder: a name of `.` without its NUL",
    options: EXT4,
    kind: "folder",
    at: 9,
    set: u8(0x41),
    code: "directory-entry",
  },
];

const PROGRAMS = { programs: ["mkfs.ext4", "mkfifo", "e2fsck"] };

for (const damage of DAMAGES) {
  testWith(
    PROGRAMS,
    `where e2fsck finds damage, so does the checker: ${damage.what}`,
    () =>
      inTemporaryFolder(async (folder) => {
        const path = soundImage(folder, damage.options);
        assertE2fsckClean(path);
        const image = new Uint8Array(readFileSync(path));
        assert.deepEqual((await checkImage(bytesSource(image))).findings, []);

        const place = placesOf(image).filter(({ kind }) => kind === damage.kind)[damage.index ?? 0];
        assert.ok(place !== undefined, `there is a ${damage.kind}`);
        const before = new DataView(image.slice().buffer);
        damage.set(new DataView(image.buffer), offsetOf(place, damage.at), before);
        if (damage.isRefitted !== false) place.refit(image);
        writeFileSync(path, image);

        assert.notDeepEqual(e2fsckComplaints(path), [], "e2fsck finds it");
        const { findings } = await checkImage(bytesSource(image));
        const codes = findings.map(({ code }) => code);
        assert.ok(codes.includes(damage.code), `${damage.code} is among ${codes.join(" ")}`);
      }),
  );
}

function offsetOf({ offsetBytes, fields }: Place, at: string | number): number {
  if (typeof at === "number") return offsetBytes + at;
  const field = fields?.[at];
  assert.ok(field !== undefined, `${at} is a field`);
  return offsetBytes + field.offset;
}

/** A small image of a folder, a file and a FIFO, which the caller may change. */
function soundImage(folder: string, options: readonly string[]): string {
  const source = join(folder, "source");
  mkdirSync(join(source, "folder"), { recursive: true });
  writeFileSync(join(source, "folder/file"), "contents");
  execFileSync(findProgram("mkfifo")!, [join(source, "pipe")]);
  const path = join(folder, "image");
  writeFileSync(path, "");
  truncateSync(path, 3 << 20);
  output("mkfs.ext4", ["-q", "-F", "-b", "1024", "-N", "96", ...options, "-d", source, path]);
  // It does not count what it copies in the quota files.
  run("e2fsck", ["-fy", path]);
  return path;
}
