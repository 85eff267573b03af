/**
 * Whether an entry, or its line in a manifest, is of the kinds that it should be: its names become
 * paths, and it may come from anywhere.
 * @module
 */

import {
  firstWrong,
  isCount,
  isDigest,
  isLabel,
  isObject,
  isVolumeName,
} from "../plan/plan_shape.ts";

/** What is wrong. @returns the field, where one is wrong */
export function wrongInEntry(given: object): string | undefined {
  const entry = given as Readonly<Record<string, unknown>>;
  const { name, file, digests, record, base, payload, steps, changes } = entry;
  return firstWrong({
    plan: isDigest(entry["plan"]),
    key: isDigest(entry["key"]),
    index: isCount(entry["index"]),
    name: isVolumeName(name),
    host: isLabel(entry["host"]),
    file: file === `${name}.img`,
    sizeBytes: isCount(entry["sizeBytes"]),
    digests: areDigests(digests),
    uuid: typeof entry["uuid"] === "string",
    record: record === undefined || isHex(record),
    base: base === undefined || (isVolumeName(base) && base.endsWith(".img")),
    payload: payload === undefined || isPayload(payload),
    steps: Array.isArray(steps) && steps.every(isStep),
    countFiles: isCount(entry["countFiles"]),
    countFolders: isCount(entry["countFolders"]),
    sourceBytes: isCount(entry["sourceBytes"]),
    state: entry["state"] === "complete" || entry["state"] === "lossy",
    changes: isObject(changes) && isCount(changes["countNew"]) && isCount(changes["countGone"]),
    countProblems: isCount(entry["countProblems"]),
  });
}

/** By algorithm: a word that is put behind the image's name. */
function areDigests(digests: unknown): boolean {
  return isObject(digests) &&
    Object.entries(digests).every(([algorithm, hex]) =>
      /^[a-z0-9-]{1,32}$/.test(algorithm) && isHex(hex)
    );
}

function isPayload(payload: unknown): boolean {
  if (!isObject(payload)) return false;
  const { name, sizeBytes, digests, parts } = payload;
  return isVolumeName(name) && isCount(sizeBytes) && areDigests(digests) &&
    (parts === undefined || (Array.isArray(parts) && parts.every(isVolumeName)));
}

function isStep(step: unknown): boolean {
  return isObject(step) && typeof step["name"] === "string" && isObject(step["options"]);
}

function isHex(value: unknown): boolean {
  return typeof value === "string" && /^[0-9a-f]+$/.test(value);
}
