/**
 * Boxes, of which HEIC and Canon's CR3 are made, as films are.
 * Source: ISO/IEC 14496-12, section 4.2.
 * @module
 */

/** A box, and where its contents lie in the file. */
export interface Box {
  /** Four characters; of one that is known by a UUID `uuid`. */
  readonly type: string;
  /** Of `uuid`, in hexadecimal digits. */
  readonly uuid?: string;
  readonly startBytes: number;
  readonly endBytes: number;
}

/** Nothing that cameras make has more beside each other. */
const MOST_BOXES = 512;
const UUID_BYTES = 16;

/**
 * The boxes from one place to another, as far as their heads are at hand. One that is too small, or
 * reaches beyond what it lies in, ends them.
 *
 * @param view The first bytes of the file.
 * @param limitBytes Where the box that they lie in ends, or the file does.
 */
export function* boxesIn(view: DataView, startBytes: number, limitBytes: number): Generator<Box> {
  let at = startBytes;
  for (let count = 0; count < MOST_BOXES && at + 8 <= limitBytes; count++) {
    const box = boxAt(view, at, at, limitBytes);
    if (box === undefined) return;
    yield box;
    at = box.endBytes;
  }
}

/**
 * One box.
 *
 * @param place Where in `view` it begins.
 * @param at Where in the file that is.
 * @returns `undefined` where its head is not at hand, or it cannot be right
 */
export function boxAt(
  view: DataView,
  place: number,
  at: number,
  limitBytes: number,
): Box | undefined {
  if (place + 8 > view.byteLength) return undefined;
  let sizeBytes = view.getUint32(place);
  let headBytes = 8;
  const type = typeAt(view, place + 4);
  if (sizeBytes === 1) {
    if (place + 16 > view.byteLength) return undefined;
    sizeBytes = view.getUint32(place + 8) * 2 ** 32 + view.getUint32(place + 12);
    headBytes = 16;
  } else if (sizeBytes === 0) sizeBytes = limitBytes - at;
  let uuid: string | undefined;
  if (type === "uuid") {
    if (place + headBytes + UUID_BYTES > view.byteLength) return undefined;
    uuid = hexAt(view, place + headBytes, UUID_BYTES);
    headBytes += UUID_BYTES;
  }
  if (sizeBytes < headBytes || at + sizeBytes > limitBytes) return undefined;
  return {
    type,
    startBytes: at + headBytes,
    endBytes: at + sizeBytes,
    ...uuid === undefined ? {} : { uuid },
  };
}

/** The first box of a type within another, and within that, and so on. */
export function boxWithin(view: DataView, box: Box, ...types: readonly string[]): Box | undefined {
  let found: Box | undefined = box;
  for (const type of types) {
    if (found === undefined) return undefined;
    found = [...boxesIn(view, found.startBytes, found.endBytes)].find((each) => each.type === type);
  }
  return found;
}

/** The brand of a file that is made of boxes; `undefined` of any other. */
export function brandOf(view: DataView): string | undefined {
  return view.byteLength >= 16 && typeAt(view, 4) === "ftyp" ? typeAt(view, 8) : undefined;
}

/** Four characters. */
export function typeAt(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));
}

function hexAt(view: DataView, at: number, countBytes: number): string {
  const bytes = Array.from({ length: countBytes }, (_, i) => view.getUint8(at + i));
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
