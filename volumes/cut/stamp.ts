/**
 * A stamp of what is known of an inode: 64 bits that change when its contents or metadata do.
 * @module
 */

/**
 * Of `struct statx`: owner, group, mode, size, change time, modification time, device; not the access
 * time, which reading moves, and not what another file system gives a copy anew.
 */
const FIELDS = [20, 24, 28, 40, 44, 96, 100, 104, 112, 116, 120, 128, 132];
const MODE = 28;

/** Makes stamps; `low` and `high` are of the last one. */
export class Stamp {
  low = 0;
  high = 0;

  /** @param statx What the kernel knows, as its bytes. */
  of(statx: DataView): void {
    let [low, high] = [0x9e3779b9, 0x85ebca6b];
    for (const field of FIELDS) {
      const word = field === MODE ? statx.getUint16(field, true) : statx.getUint32(field, true);
      low = Math.imul(low ^ word, 0xcc9e2d51);
      low = (low << 15 | low >>> 17) + high | 0;
      high = Math.imul(high ^ word ^ low >>> 16, 0x1b873593);
      high = (high << 13 | high >>> 19) + low | 0;
    }
    this.low = low >>> 0;
    this.high = high >>> 0;
  }
}
