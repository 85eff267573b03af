/**
 * Changes an image in one to three places, as damage or malice would.
 * @module
 */

import type { Place } from "./places.ts";
import type { Random } from "./random.ts";

/** Values that are likely to lead astray. */
const NASTY = [
  0,
  1,
  2,
  3,
  4,
  7,
  8,
  11,
  12,
  16,
  0x7f,
  0xff,
  0x8000,
  0xffff,
  0x7fff_ffff,
  0xffff_ffff,
];
const MOST_CHANGES = 3;
/** The share of mutants whose checksums fit. */
const REFITTED = 0.75;
/** The share of places that are chosen by kind: else folders and inodes would leave no others. */
const BY_KIND = 0.6;

/** Changes the image in place; returns what was done, for a report. */
export function mutate(
  image: Uint8Array,
  places: readonly Place[],
  random: Random,
): string {
  const done: string[] = [];
  const isRefitted = random.happens(REFITTED);
  const kinds = [...new Set(places.map(({ kind }) => kind))];
  for (let left = 1 + random.below(MOST_CHANGES); left > 0; left--) {
    const kind = random.happens(BY_KIND) ? random.pick(kinds) : undefined;
    const place = random.pick(
      places.filter((each) => kind === undefined || each.kind === kind),
    );
    done.push(change(image, place, random));
    if (isRefitted) place.refit(image);
  }
  return `${isRefitted ? "refitted: " : ""}${done.join("; ")}`;
}

function change(image: Uint8Array, place: Place, random: Random): string {
  const bytes = image.subarray(
    place.offsetBytes,
    place.offsetBytes + place.sizeBytes,
  );
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const { name, at, sizeBytes } = spotIn(bytes, place, random);
  const read = () =>
    sizeBytes === 1
      ? bytes[at]!
      : sizeBytes === 2
      ? view.getUint16(at, true)
      : view.getUint32(at, true);
  const before = read();
  const value = newValue(before, sizeBytes, random);
  if (sizeBytes === 1) bytes[at] = value & 0xff;
  else if (sizeBytes === 2) view.setUint16(at, value & 0xffff, true);
  else view.setUint32(at, value >>> 0, true);
  return `${place.kind} at ${place.offsetBytes}: ${name} ${before} -> ${read()}`;
}

interface Spot {
  readonly name: string;
  readonly at: number;
  readonly sizeBytes: 1 | 2 | 4;
}

/** A field where there is a table of them, most often; else bytes, most often some that are used. */
function spotIn(bytes: Uint8Array, { fields }: Place, random: Random): Spot {
  if (fields !== undefined && random.happens(0.8)) {
    const name = random.pick(Object.keys(fields));
    const { offset, sizeBytes } = fields[name]!;
    if (sizeBytes === 1 || sizeBytes === 2) {
      return { name, at: offset, sizeBytes };
    }
    return {
      name,
      at: offset + 4 * random.below(sizeBytes >> 2),
      sizeBytes: 4,
    };
  }
  const sizeBytes = random.pick([1, 2, 4] as const);
  let at = random.below(bytes.length / sizeBytes) * sizeBytes;
  for (let tries = 0; tries < 30 && bytes[at] === 0; tries++) {
    at = random.below(bytes.length / sizeBytes) * sizeBytes;
  }
  return { name: `byte ${at}`, at, sizeBytes };
}

function newValue(before: number, sizeBytes: number, random: Random): number {
  switch (random.below(4)) {
    case 0:
      return random.pick(NASTY);
    case 1:
      return before + random.pick([-1, 1]);
    case 2:
      return before ^ (1 << random.below(8 * sizeBytes));
    default:
      return random.happens(0.5) ? random.word() : random.below(64);
  }
}
