/**
 * The orders in which a folder can be shown.
 * @module
 */

/** By what a folder is sorted. */
export type SortKey = "name" | "size" | "time" | "type";

/** Which way. */
export type Direction = "up" | "down";

/** An order. */
export interface SortOrder {
  readonly key: SortKey;
  readonly direction: Direction;
}

/** The order that a query asks for, by name where it asks for none that there is. */
export function sortOrder(key: string | undefined, direction: string | undefined): SortOrder {
  const known = KEYS.find((each) => each === key) ?? "name";
  return { key: known, direction: direction === "down" ? "down" : "up" };
}

const KEYS: readonly SortKey[] = ["name", "size", "time", "type"];

/**
 * A text whose plain order is the one that people expect: `img2` before `img10`, no matter the
 * case.
 */
export function naturalKey(name: string): string {
  return name.toLowerCase().replace(/\d+/g, withLength);
}

/** A number behind its count of digits: a longer one is the larger. */
function withLength(digits: string): string {
  const plain = digits.replace(/^0+(?=\d)/, "");
  return String.fromCharCode(0x30 + Math.min(plain.length, 0x2000)) + plain;
}
