/**
 * The manifest of a file that was split: `sha512sum -c` checks the parts by it, and `icecore join`
 * knows from its first line what they make together.
 * @module
 */

import { formatDigestLine, parseDigestLine } from "./side_file.ts";

/** How the first line begins; to `sha512sum` it is a comment. */
export const PART_MANIFEST_MARK = "# icecore split: ";

/** The manifest as text: a line of JSON behind a `#`, then a line a part as `sha512sum` writes it. */
export function formatPartManifest(manifest: {
  /** The name of the whole. */
  readonly name: string;
  /** Its size. */
  readonly sizeBytes: number;
  /** SHA-512 of the whole, hex. */
  readonly sha512: string;
  /** In order. A part's name is one in the manifest's folder. */
  readonly parts: readonly {
    readonly name: string;
    readonly sizeBytes: number;
    readonly sha512: string;
  }[];
}): string {
  const { name, sizeBytes, sha512, parts } = manifest;
  const sizes = parts.map((part) => part.sizeBytes);
  const about = { version: 1, name, sizeBytes, sha512, parts: sizes };
  const lines = parts.map((part) => formatDigestLine({ digest: part.sha512, name: part.name }));
  return [`${PART_MANIFEST_MARK}${JSON.stringify(about)}`, ...lines, ""].join("\n");
}

/** What was split, and into what. */
export type PartManifest = Parameters<typeof formatPartManifest>[0];

/** One part. */
export type Part = PartManifest["parts"][number];

/**
 * Parses a manifest.
 *
 * @returns `undefined` when the text is not a manifest, or a damaged one.
 */
export function parsePartManifest(text: string): PartManifest | undefined {
  const [first = "", ...rest] = text.split(/\r?\n/).filter((line) => line !== "");
  if (!first.startsWith(PART_MANIFEST_MARK)) return undefined;
  const about = parsedObject(first.slice(PART_MANIFEST_MARK.length));
  const { version, name, sizeBytes, sha512, parts: sizes } = about;
  if (version !== 1 || !isName(name) || !isSize(sizeBytes) || !isSha512(sha512)) return undefined;
  if (!Array.isArray(sizes) || sizes.length !== rest.length || !sizes.every(isSize)) {
    return undefined;
  }
  const parts = rest.map((line, index) => partOf(line, sizes[index]!));
  if (!parts.every((part) => part !== undefined)) return undefined;
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return total === sizeBytes ? { name, sizeBytes, sha512, parts } : undefined;
}

function partOf(line: string, sizeBytes: number): Part | undefined {
  const parsed = parseDigestLine(line);
  if (parsed === undefined || !isSha512(parsed.digest) || !isName(parsed.name)) return undefined;
  return { name: parsed.name, sizeBytes, sha512: parsed.digest };
}

function parsedObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
  } catch {
    return {};
  }
}

/** A name, not a path: a manifest does not reach out of its folder. */
function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value !== "." && value !== ".." &&
    !/[/\0]/.test(value);
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isSha512(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{128}$/.test(value);
}
