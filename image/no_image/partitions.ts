/**
 * The partitions of a whole disk, by its MBR or GPT.
 *
 * Source: UEFI specification 2.10, chapter 5; extended partitions as Linux block/partitions/msdos.c
 * reads them.
 * @module
 */

/** One partition. */
export interface Partition {
  /** As the kernel counts: `/dev/sda1` is 1. */
  readonly number: number;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/** Reads bytes of the disk; nothing where it ends before. */
export type ReadBytes = (offsetBytes: number, sizeBytes: number) => Promise<Uint8Array>;

const SECTOR_BYTES = 512;
/** A GPT counts in the disk's own sectors. */
const GPT_SECTORS_BYTES = [512, 4096];
/** Most partitions that are looked at; a GPT has room for 128 as a rule. */
const MOST_PARTITIONS = 128;
const EXTENDED_TYPES = [0x05, 0x0f, 0x85];
const PROTECTIVE_TYPE = 0xee;
const FIRST_LOGICAL = 5;

/**
 * The partitions of a disk; `undefined` where it has no table. Those of no size are left out. Of a
 * table that lies, no more than so many are returned, and no more sectors read.
 *
 * @param diskBytes Where given, the copy of a GPT at the end of the disk is tried as well.
 */
export async function partitionsOf(
  read: ReadBytes,
  diskBytes?: number,
): Promise<Partition[] | undefined> {
  for (const sectorBytes of GPT_SECTORS_BYTES) {
    const partitions = await gptPartitions(read, sectorBytes, sectorBytes);
    if (partitions !== undefined) return partitions;
  }
  const entries = mbrEntries(await read(0, SECTOR_BYTES));
  const isProtective = entries?.some(({ type }) => type === PROTECTIVE_TYPE) === true;
  for (const sectorBytes of isProtective && diskBytes !== undefined ? GPT_SECTORS_BYTES : []) {
    const lastSector = (Math.floor(diskBytes! / sectorBytes) - 1) * sectorBytes;
    const partitions = await gptPartitions(read, lastSector, sectorBytes);
    if (partitions !== undefined) return partitions;
  }
  return entries && await mbrPartitions(read, entries);
}

async function gptPartitions(read: ReadBytes, headerAt: number, sectorBytes: number) {
  const header = await read(headerAt, 92);
  if (header.length < 92 || latin1(header.subarray(0, 8)) !== "EFI PART") return undefined;
  const view = viewOf(header);
  const entriesAt = Number(view.getBigUint64(72, true)) * sectorBytes;
  const count = Math.min(view.getUint32(80, true), MOST_PARTITIONS);
  const entryBytes = view.getUint32(84, true);
  if (entryBytes < 128 || entryBytes > 4096) return [];
  const entries = await read(entriesAt, count * entryBytes);
  const partitions: Partition[] = [];
  for (let i = 0; (i + 1) * entryBytes <= entries.length; i++) {
    const entry = entries.subarray(i * entryBytes, (i + 1) * entryBytes);
    if (entry.subarray(0, 16).every((byte) => byte === 0)) continue;
    const first = Number(viewOf(entry).getBigUint64(32, true));
    const last = Number(viewOf(entry).getBigUint64(40, true));
    if (!Number.isSafeInteger(last * sectorBytes) || last < first) continue;
    partitions.push({
      number: i + 1,
      offsetBytes: first * sectorBytes,
      sizeBytes: (last - first + 1) * sectorBytes,
    });
  }
  return partitions;
}

interface MbrEntry {
  readonly type: number;
  readonly start: number;
  readonly countSectors: number;
}

async function mbrPartitions(
  read: ReadBytes,
  entries: readonly MbrEntry[],
): Promise<Partition[]> {
  const partitions: Partition[] = [];
  for (const [i, { type, start, countSectors }] of entries.entries()) {
    if (type === 0 || type === PROTECTIVE_TYPE || countSectors === 0) continue;
    if (EXTENDED_TYPES.includes(type)) partitions.push(...await logicalPartitions(read, start));
    else partitions.push(partitionAt(i + 1, start, countSectors));
  }
  return partitions.sort((a, b) => a.number - b.number);
}

/** A chain of tables, each with one partition and the place of the next table. */
async function logicalPartitions(read: ReadBytes, base: number): Promise<Partition[]> {
  const partitions: Partition[] = [];
  const seen = new Set<number>();
  for (let table = base; !seen.has(table) && seen.size < MOST_PARTITIONS;) {
    seen.add(table);
    const entries = mbrEntries(await read(table * SECTOR_BYTES, SECTOR_BYTES));
    const [own, next] = entries ?? [];
    if (own === undefined || next === undefined) break;
    if (own.type !== 0 && own.countSectors !== 0) {
      const number = FIRST_LOGICAL + partitions.length;
      partitions.push(partitionAt(number, table + own.start, own.countSectors));
    }
    if (!EXTENDED_TYPES.includes(next.type)) break;
    table = base + next.start;
  }
  return partitions;
}

/** The four entries; `undefined` where the sector is not a table: boot code ends in 0x55aa as well. */
function mbrEntries(sector: Uint8Array): MbrEntry[] | undefined {
  if (sector.length < SECTOR_BYTES || sector[510] !== 0x55 || sector[511] !== 0xaa) {
    return undefined;
  }
  const entries: MbrEntry[] = [];
  for (let at = 446; at < 510; at += 16) {
    const status = sector[at]!;
    if (status !== 0 && status !== 0x80) return undefined;
    const view = viewOf(sector);
    const entry = {
      type: sector[at + 4]!,
      start: view.getUint32(at + 8, true),
      countSectors: view.getUint32(at + 12, true),
    };
    if (entry.type !== 0 && entry.type !== PROTECTIVE_TYPE && entry.start === 0) return undefined;
    entries.push(entry);
  }
  return entries.some(({ type }) => type !== 0) ? entries : undefined;
}

function partitionAt(number: number, start: number, countSectors: number): Partition {
  return { number, offsetBytes: start * SECTOR_BYTES, sizeBytes: countSectors * SECTOR_BYTES };
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
const latin1 = (bytes: Uint8Array) => String.fromCharCode(...bytes);
