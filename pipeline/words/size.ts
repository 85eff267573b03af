/**
 * Sizes as people write and read them.
 * @module
 */

import { UsageError } from "../build_errors.ts";

const FACTORS: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  K: 2 ** 10,
  M: 2 ** 20,
  G: 2 ** 30,
  T: 2 ** 40,
  P: 2 ** 50,
};

/**
 * Bytes of a size such as `4096`, `52G`, `1.5T`, `200MiB`; units are powers of 1024 (`KB`, `MB`…
 * powers of 1000), as `truncate` and `fallocate` read them.
 *
 * @param what What the size is for, e.g. `--size`.
 * @param least The fewest bytes that are allowed.
 * @throws UsageError when it is not a size, is less than `least`, or exceeds 2^53 bytes.
 */
export function parseSize(text: string, what: string, least: 0 | 1 = 1): number {
  const match = /^(\d+(?:\.\d+)?)\s*(?:([KMGTP])(iB|B)?|B)?$/i.exec(text.trim());
  const number = match === null ? NaN : Number(match[1]);
  const letter = match?.[2]?.toUpperCase() ?? "";
  const decimal = match?.[3]?.toUpperCase() === "B";
  const factor = decimal ? 1000 ** "KMGTP".indexOf(letter) * 1000 : FACTORS[letter] ?? NaN;
  const bytes = Math.ceil(number * factor);
  if (!(bytes >= least)) {
    const why = least === 0 ? "it is not a size" : "it is not a size above zero";
    throw new UsageError(
      `cannot use ${JSON.stringify(text)} for ${what}: ${why}. ` +
        "Write a number with K, M, G or T, such as 500M or 52G.",
      "bad-size",
    );
  }
  if (bytes > Number.MAX_SAFE_INTEGER) {
    throw new UsageError(
      `cannot use ${JSON.stringify(text)} for ${what}: it is too large. Use less than 8P.`,
      "bad-size",
    );
  }
  return bytes;
}

/** The shortest form of a size that stands for the same bytes, e.g. `5M`; `1000` for 1000 bytes. */
export function exactSize(bytes: number): string {
  const [letter, factor] = Object.entries(FACTORS)
    .filter(([letter, factor]) => letter !== "B" && bytes % factor === 0)
    .reduce((best, each) => each[1] > best[1] ? each : best);
  return `${bytes / factor}${letter}`;
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** A size for people: three digits and a unit, e.g. `2.01 GiB`. */
export function formatSize(bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}
