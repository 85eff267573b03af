/**
 * What lies where in an image: in cells of equal length, and altogether.
 * @module
 */

import type { ZoneKind } from "../../ext4/reader/zones.ts";

/** What a place of the image may be there for. */
export const PLACE_KINDS = [
  "superblock",
  "superblock-copy",
  "bitmaps",
  "inodes",
  "journal",
  "folders",
  "files",
  "record",
  "maps",
  "free",
] as const;

/** One of them. */
export type PlaceKind = ZoneKind | "folders" | "files" | "maps" | "free";

/** A stretch of the map that is drawn in one colour. */
export interface MapRun {
  readonly kind: PlaceKind;
  /** 0 to 1, of the image's length. */
  readonly start: number;
  readonly end: number;
}

/** The map of an image. */
export interface ImageMap {
  readonly runs: readonly MapRun[];
  /** Bytes of each kind that there is. */
  readonly totals: ReadonlyMap<PlaceKind, number>;
  /** Where the copies of the superblock lie, 0 to 1. */
  readonly copiesAt: readonly number[];
}

/** As fine as a screen can show. */
const COUNT_CELLS = 1200;

/** Collects what lies where. */
export class ImageMapper {
  readonly #cellBytes: number;
  readonly #cells = new Map<PlaceKind, Float64Array>();
  readonly #totals = new Map<PlaceKind, number>();
  readonly #copiesAt: number[] = [];

  constructor(private readonly sizeBytes: number, private readonly blockSizeBytes: number) {
    this.#cellBytes = sizeBytes / COUNT_CELLS;
  }

  /** Adds bytes that lie in one piece; whole blocks are counted. */
  add(kind: PlaceKind, startBytes: number, lengthBytes: number): void {
    const blocks = Math.ceil(lengthBytes / this.blockSizeBytes);
    const end = Math.min(startBytes + blocks * this.blockSizeBytes, this.sizeBytes);
    if (!(startBytes >= 0 && end > startBytes)) return;
    this.#totals.set(kind, (this.#totals.get(kind) ?? 0) + end - startBytes);
    if (kind === "superblock-copy") this.#copiesAt.push(startBytes / this.sizeBytes);
    let cells = this.#cells.get(kind);
    if (cells === undefined) this.#cells.set(kind, cells = new Float64Array(COUNT_CELLS));
    let cell = Math.min(COUNT_CELLS - 1, Math.floor(startBytes / this.#cellBytes));
    for (let at = startBytes; at < end; cell++) {
      const cellEnd = cell >= COUNT_CELLS - 1 ? end : Math.min(end, (cell + 1) * this.#cellBytes);
      cells[Math.min(cell, COUNT_CELLS - 1)]! += Math.max(0, cellEnd - at);
      at = Math.max(cellEnd, at + 1);
    }
  }

  /**
   * @param freeBytes What the image says is free. What else nothing was found in are the maps of
   * files that lie in many pieces, their attributes, and the targets of long symbolic links.
   */
  finish(freeBytes: number): ImageMap {
    const known = [...this.#totals.values()].reduce((sum, bytes) => sum + bytes, 0);
    const restBytes = Math.max(0, this.sizeBytes - known);
    const mapsBytes = Math.max(0, restBytes - freeBytes);
    const totals = new Map(this.#totals);
    if (mapsBytes > 0) totals.set("maps", mapsBytes);
    if (freeBytes > 0) totals.set("free", freeBytes);
    const runs = this.#runs(mapsBytes > freeBytes ? "maps" : "free");
    return { runs, totals, copiesAt: this.#copiesAt.sort((a, b) => a - b) };
  }

  /** Each cell shows what takes most of it. @param rest What a cell is in which nothing is known. */
  #runs(rest: PlaceKind): MapRun[] {
    const runs: { kind: PlaceKind; start: number; end: number }[] = [];
    for (let cell = 0; cell < COUNT_CELLS; cell++) {
      let kind = rest, most = this.#cellBytes, known = 0;
      for (const cells of this.#cells.values()) known += cells[cell]!;
      most -= Math.min(known, most);
      for (const [each, cells] of this.#cells) {
        if (cells[cell]! > most) [kind, most] = [each, cells[cell]!];
      }
      const last = runs.at(-1);
      const end = (cell + 1) / COUNT_CELLS;
      if (last?.kind === kind) last.end = end;
      else runs.push({ kind, start: cell / COUNT_CELLS, end });
    }
    return runs;
  }
}
