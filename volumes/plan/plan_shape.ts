/**
 * Whether the lines of a plan are of the kinds that they should be: a plan may come from anywhere,
 * and from a version of icecore that wrote other lines.
 * @module
 */

import type { MovedNames, PlanHeader, PlannedVolume } from "./plan.ts";

/** Whether a label of a host is one: queues and messages are named after it. */
export function isLabel(label: unknown): label is string {
  return typeof label === "string" && /^[A-Za-z0-9._-]{0,63}$/.test(label);
}

/** Whether files may be called so: none may lie outside their folder. */
export function isVolumeName(name: unknown): name is string {
  return typeof name === "string" && /^[^./\0][^/\0]*$/.test(name);
}

/** Whether it is a SHA-256 in hex. */
export function isDigest(text: unknown): text is string {
  return typeof text === "string" && /^[0-9a-f]{64}$/.test(text);
}

/** Whether it is a count, or a place in a file. */
export function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** What is wrong with a header, but for its name. @returns the field, where one is wrong */
export function wrongInHeader(header: PlanHeader): string | undefined {
  const { generation, since, targetBytes, sources, options } = header;
  return firstWrong({
    generation: isCount(generation) && generation > 0,
    since: since === undefined || isDigest(since),
    targetBytes: isCount(targetBytes),
    sources: Array.isArray(sources) && sources.every(isSource),
    options: isObject(options) && Array.isArray(options.exclude) &&
      options.exclude.every(isText) && typeof options.oneFileSystem === "boolean" &&
      (options.times === "mtime" || options.times === "all"),
  });
}

/** The same of a volume, but for its names. */
export function wrongInVolume(volume: PlannedVolume): string | undefined {
  const { host, range, only, names, kept, countAbove } = volume;
  return firstWrong({
    host: isLabel(host),
    range: range === undefined
      ? isText(only) && only !== ""
      : only === undefined && isObject(range) && isText(range.from) &&
        (range.to === undefined || isText(range.to)),
    sizeBytes: isCount(volume.sizeBytes),
    countNames: isCount(volume.countNames),
    countFiles: isCount(volume.countFiles),
    contents: isDigest(volume.contents),
    names: Array.isArray(names) && names.length === 2 && names.every(isCount) &&
      names[0]! <= names[1]!,
    namesDigest: isDigest(volume.namesDigest),
    key: isDigest(volume.key),
    kept: kept === undefined || kept === true,
    countAbove: countAbove === undefined || isCount(countAbove),
  });
}

/** The same of moved names. */
export function wrongInMoved(
  { folder, names, from, to, why }: MovedNames,
  countVolumes: number,
): string | undefined {
  const isVolume = (index: unknown) => isCount(index) && index < countVolumes;
  return firstWrong({
    folder: isText(folder),
    names: Array.isArray(names) && names.every((name) => isText(name) && !name.includes("/")),
    from: isVolume(from),
    to: isVolume(to),
    why: why === "link" || why === "large",
  });
}

function isSource(source: unknown): boolean {
  if (!isObject(source)) return false;
  const { host, path, name } = source;
  return isLabel(host) && isText(path) && path.startsWith("/") && isText(name) &&
    !name.includes("/") && name !== "." && name !== "..";
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** Whether it has fields. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The first field that is wrong. */
export function firstWrong(fields: Readonly<Record<string, boolean>>): string | undefined {
  return Object.entries(fields).find(([, isRight]) => !isRight)?.[0];
}
