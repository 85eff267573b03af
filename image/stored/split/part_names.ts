/**
 * How the parts of a file are named, one after the other: by our own `split` and by the programs
 * `split` of GNU and others.
 *
 * Source: GNU coreutils, src/split.c, next_file_name.
 * @module
 */

/** Names of parts. */
export interface PartSeries {
  /** The name of what was cut, without what the parts' names end in, e.g. `photos.img.age`. */
  readonly whole: string;
  /**
   * Ways to go on from the first part: which of them was taken shows only by the names that are
   * there. Each gives the name of the part of an index, from 0 on; `undefined` behind the last that
   * it can name.
   */
  readonly ways: readonly ((index: number) => string | undefined)[];
}

const DIGITS = "0123456789";
const HEX = "0123456789abcdef";
const LETTERS = "abcdefghijklmnopqrstuvwxyz";
/** So many characters a suffix has where none are asked for, and only then it grows. */
const DEFAULT_LENGTH = 2;

/**
 * The series that a name begins, as `photos.img.part001`, `photos.img.000`, `photos.img.01` and
 * `photos.img.aa` do.
 *
 * @returns `undefined` where it begins none.
 */
export function seriesOf(name: string): PartSeries | undefined {
  const match = /^(.*?)(part0*1|(?<!\d)0+1|(?<!\d)0{2,}|a{2,})$/s.exec(name);
  if (match === null) return undefined;
  const [, before = "", ending = ""] = match;
  const start = ending.endsWith("1") ? 1 : 0;
  const suffix = ending.replace("part", "");
  const prefix = name.slice(0, name.length - suffix.length);
  const whole = before.replace(/[.\-_]$/, "");
  if (whole === "") return undefined;
  const alphabets = suffix.startsWith("a") ? [LETTERS] : start === 1 ? [DIGITS] : [DIGITS, HEX];
  const ways = alphabets.flatMap((alphabet) => {
    const fixed = (index: number) => fixedSuffix(index + start, alphabet, suffix.length);
    if (start === 1 || suffix.length !== DEFAULT_LENGTH) return [fixed];
    return [fixed, (index: number) => growingSuffix(index, alphabet)];
  });
  return {
    whole,
    ways: ways.map((way) => (index) => {
      const found = way(index);
      return found === undefined ? undefined : prefix + found;
    }),
  };
}

/** The suffix of a number, of a fixed length; `undefined` where it has no room. */
function fixedSuffix(number: number, alphabet: string, length: number): string | undefined {
  let suffix = "";
  let rest = number;
  for (let i = 0; i < length; i++) {
    suffix = alphabet[rest % alphabet.length]! + suffix;
    rest = Math.floor(rest / alphabet.length);
  }
  return rest === 0 ? suffix : undefined;
}

/** `aa` to `yz`, `zaaa` to `zyzz`, `zzaaaa`…: the last letter in front says that more follow. */
function growingSuffix(index: number, alphabet: string): string | undefined {
  const last = alphabet.at(-1)!;
  let rest = index;
  for (let length = DEFAULT_LENGTH;; length++) {
    const room = (alphabet.length - 1) * alphabet.length ** (length - 1);
    if (rest < room) {
      return last.repeat(length - DEFAULT_LENGTH) + fixedSuffix(rest, alphabet, length);
    }
    rest -= room;
  }
}
