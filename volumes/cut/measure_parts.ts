/**
 * What lies between the cuts of a tree: names, files, bytes, and a digest of it all.
 * @module
 */

import { createHash } from "node:crypto";
import type { Breather } from "../../host/breathe.ts";
import type { TreeRange } from "../plan/plan.ts";
import type { Cuts, Place } from "./cutter.ts";
import { type BytesSource, NAME_TYPES } from "./names_file.ts";
import { countFoldersAbove } from "./folders_above.ts";
import { type PathNames, pathNames, PathStack } from "./path_stack.ts";
import type { PassingName, TreeNames } from "./tree_names.ts";

/** A part of a tree that is to be a volume. */
export interface Part {
  /** Absent where it is one large file. */
  readonly range?: TreeRange;
  /** The path of that file, as path text. */
  readonly only?: string;
  readonly sizeBytes: number;
  readonly countNames: number;
  readonly countFiles: number;
  /** SHA-256, in hex, of all that is known of its names. */
  readonly digest: string;
  /** Where its names lie in the list of names. */
  readonly names: readonly [start: number, end: number];
  /** SHA-256, in hex, of that stretch of the list. */
  readonly namesDigest: string;
  /** The number of its first name, from the root on. */
  readonly ordinal: number;
  /** How many of the folders above its range are there, where an earlier plan knew of more. */
  readonly countAbove?: number;
}

/** The parts: those of ranges in their order, then the large files. */
export async function measureParts(
  names: TreeNames,
  file: BytesSource,
  cuts: Cuts,
  breather: Breather,
): Promise<Part[]> {
  const ranges: OpenPart[] = [];
  const large: OpenPart[] = [];
  const stack = new PathStack();
  let before: PathNames = [];
  for (const passing of names.all()) {
    if (breather.due) await breather.pause();
    const start = cuts.starts[ranges.length];
    const isStart = start?.ordinal === passing.ordinal;
    if (isStart) before = stack.folders().map((name) => name.slice());
    stack.enter(passing.found);
    if (isStart) {
      const path = start.path ?? stack.text;
      const countAbove = countFoldersAbove(pathNames(path), before, stack.folders());
      ranges.push(new OpenPart(path, passing, countAbove));
    }
    const isLarge = cuts.large[large.length]?.ordinal === passing.ordinal;
    if (isLarge) large.push(new OpenPart(stack.text, passing));
    (isLarge ? large : ranges).at(-1)!.add(passing);
  }
  const parts: Part[] = [];
  for (const [index, range] of ranges.entries()) {
    const to = ranges[index + 1]?.path;
    const end = ranges[index + 1]?.start.position ?? names.sizeBytes;
    const holes = large.filter(({ start }) =>
      start.position >= range.start.position && start.position < end
    );
    const digests = await digestsOf(file, range.start.position, end, holes, breather);
    const bounds = to === undefined ? { from: range.path } : { from: range.path, to };
    parts.push(range.part({ range: bounds }, digests, end));
  }
  for (const each of large) {
    const digests = await digestsOf(file, each.start.position, each.end, [], breather);
    parts.push(each.part({ only: each.path }, digests, each.end));
  }
  return parts;
}

/** A part while its names pass by. */
class OpenPart {
  readonly start: Place;
  #sizeBytes = 0;
  #countNames = 0;
  #countFiles = 0;
  /** Where the latest name ends. */
  end: number;

  constructor(
    readonly path: string,
    { ordinal, position, end }: PassingName,
    private readonly countAbove?: number,
  ) {
    this.start = { ordinal, position };
    this.end = end;
  }

  add({ found, cost, first, end }: PassingName): void {
    this.#sizeBytes += cost;
    this.#countNames++;
    if (found.type === NAME_TYPES.file && first === undefined) this.#countFiles++;
    this.end = end;
  }

  part(what: Pick<Part, "range" | "only">, { own, all }: Digests, end: number): Part {
    const { countAbove } = this;
    // The folders that are repeated are part of what it holds.
    const digest = countAbove === undefined
      ? own
      : createHash("sha256").update(`${own} ${countAbove}`).digest("hex");
    return {
      ...what,
      ...(countAbove === undefined ? {} : { countAbove }),
      sizeBytes: this.#sizeBytes,
      countNames: this.#countNames,
      countFiles: this.#countFiles,
      digest,
      names: [this.start.position, end],
      namesDigest: all,
      ordinal: this.start.ordinal,
    };
  }
}

const PIECE_BYTES = 1 << 22;

/** SHA-256 of records, in hex. */
interface Digests {
  /** Without those of large files among them. */
  readonly own: string;
  readonly all: string;
}

/** Of records from `start` to `end`. */
async function digestsOf(
  file: BytesSource,
  start: number,
  end: number,
  holes: readonly OpenPart[],
  breather: Breather,
): Promise<Digests> {
  const own = createHash("sha256");
  const all = holes.length === 0 ? own : createHash("sha256");
  const buffer = new Uint8Array(Math.min(PIECE_BYTES, end - start));
  let at = start;
  const readTo = async (to: number, take: (bytes: Uint8Array) => void) => {
    while (at < to) {
      const count = file.read(buffer.subarray(0, Math.min(buffer.length, to - at)), at);
      if (count === 0) throw new RangeError("the list of names is cut short");
      take(buffer.subarray(0, count));
      at += count;
      if (breather.due) await breather.pause();
    }
  };
  const both = (bytes: Uint8Array) => {
    own.update(bytes);
    if (all !== own) all.update(bytes);
  };
  for (const hole of holes) {
    await readTo(hole.start.position, both);
    await readTo(hole.end, (bytes) => void all.update(bytes));
  }
  await readTo(end, both);
  const ownDigest = own.digest("hex");
  return { own: ownDigest, all: all === own ? ownDigest : all.digest("hex") };
}
