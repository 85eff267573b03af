/**
 * What each user, group and project uses, counted on the way as quota files count it.
 * @module
 */

import { type InodeNumber, ROOT_INODE } from "../numbers.ts";
import { hasFlag, type Inode } from "../reader/inode/inode.ts";
import { type Geometry, hasCompat, hasRoCompat } from "../reader/layout/geometry.ts";
import { statOf } from "../reader/metadata/stat.ts";
import type { QUOTA_MAGIC } from "../structs/quota.ts";

/** Whose usage is limited. */
export type QuotaType = keyof typeof QUOTA_MAGIC;

/** What one id uses. */
export interface Usage {
  countInodes: number;
  sizeBytes: number;
}

/** Usage by id; memory grows with the number of ids. */
export class QuotaUsage {
  readonly #byId = new Map<number, Usage>();

  /** Counts an inode. */
  add(id: number, sizeBytes: number): void {
    const usage = this.#byId.get(id);
    if (usage === undefined) this.#byId.set(id, { countInodes: 1, sizeBytes });
    else {
      usage.countInodes++;
      usage.sizeBytes += sizeBytes;
    }
  }

  /**
   * Compares with an entry of a quota file, and forgets the id.
   * @returns whether they agree
   */
  settle(id: number, countInodes: bigint, sizeBytes: bigint): boolean {
    const usage = this.#byId.get(id) ?? { countInodes: 0, sizeBytes: 0 };
    this.#byId.delete(id);
    return BigInt(usage.countInodes) === countInodes && BigInt(usage.sizeBytes) === sizeBytes;
  }

  /** An id that no entry was compared with. */
  get unsettled(): number | undefined {
    return this.#byId.keys().next().value;
  }
}

/** Usage by type of quota, of the types that the image has. */
export class QuotaUsages {
  /** Values in inodes of their own count for who uses them; then usage is not compared. */
  isUncertain = false;
  readonly byType = new Map<QuotaType, QuotaUsage>();
  readonly #own = new Set<number>();

  constructor(private readonly geometry: Geometry) {
    for (const [type, inode] of quotaInodes(geometry)) {
      this.byType.set(type, new QuotaUsage());
      this.#own.add(inode);
    }
    if (hasCompat(geometry, "orphan_file")) this.#own.add(geometry.raw.s_orphan_file_inum);
  }

  /** Counts an inode in use; those of the file system's own are nobody's. */
  add(inode: Inode): void {
    if (this.byType.size === 0 || hasFlag(inode, "ea_inode")) return;
    if (inode.number < this.geometry.firstInode && inode.number !== ROOT_INODE) return;
    if (this.#own.has(inode.number)) return;
    const { uid, gid, projectId = 0, allocatedBytes } = statOf(this.geometry, inode);
    this.byType.get("user")?.add(uid, allocatedBytes);
    this.byType.get("group")?.add(gid, allocatedBytes);
    this.byType.get("project")?.add(projectId, allocatedBytes);
  }
}

/** The inodes of the quota files that the superblock names. */
export function quotaInodes(geometry: Geometry): [QuotaType, InodeNumber][] {
  if (!hasRoCompat(geometry, "quota")) return [];
  const { s_usr_quota_inum, s_grp_quota_inum, s_prj_quota_inum } = geometry.raw;
  const all: [QuotaType, number][] = [
    ["user", s_usr_quota_inum],
    ["group", s_grp_quota_inum],
    ["project", s_prj_quota_inum],
  ];
  return all.filter(([, inode]) => inode !== 0) as [QuotaType, InodeNumber][];
}
