/**
 * The manifest of a set: a file beside its volumes, `NAME.volumes`, with what was built of each.
 *
 * It is made of the volumes' entries when all are there, and binds them: whoever exchanges an image
 * and its entry does not fit it. Lines of JSON, the last with the digest of those before.
 * @module
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { printable } from "../../host/libc/paths.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import { LinesError, LinesWriter, readLines } from "../plan/lines.ts";
import type { Plan } from "../plan/plan.ts";
import { isCount, isDigest, isVolumeName } from "../plan/plan_shape.ts";
import { wrongInEntry } from "./entry_shape.ts";
import type { VolumeEntry } from "./entry.ts";

export const SET_FORMAT = "icecore-volume-set";
export const SET_VERSION = 1;

/** The first line. */
export interface SetHeader {
  readonly format: typeof SET_FORMAT;
  readonly version: number;
  readonly name: string;
  readonly generation: number;
  /** The digest of the plan, in hex. */
  readonly plan: string;
  readonly countVolumes: number;
}

/** The line of a volume: its entry without the problems, which the entry has. */
export type SetVolume = Omit<VolumeEntry, "format" | "version" | "problems">;

/** A manifest that was read. */
export interface Manifest {
  readonly header: SetHeader;
  readonly volumes: readonly SetVolume[];
  /** SHA-256 of all lines but the last, in hex. */
  readonly digest: string;
}

/** The name of a set's manifest. */
export function manifestNameOf({ header: { name } }: Pick<Plan, "header">): string {
  return `${name}.volumes`;
}

/**
 * Reads a manifest.
 *
 * @returns `undefined` where there is none.
 * @throws UsageError `bad-manifest`; EnvironmentError `unreadable`
 */
export async function readManifest(path: string): Promise<Manifest | undefined> {
  if (!existsSync(path)) return undefined;
  let header: SetHeader | undefined;
  let digest = "";
  const volumes: SetVolume[] = [];
  try {
    for await (const { value } of readLines(path)) {
      if (header === undefined) header = requireHeader(path, value as SetHeader);
      else if (isEnd(value)) digest = value.digest;
      else volumes.push(requireVolume(path, value as SetVolume));
    }
  } catch (error) {
    throw error instanceof LinesError ? badManifest(path, error.message) : error;
  }
  if (header?.countVolumes !== volumes.length) {
    throw badManifest(path, "its lines do not fit each other");
  }
  if (new Set(volumes.map(({ name }) => name)).size < volumes.length) {
    throw badManifest(path, "it has a volume twice");
  }
  return { header, volumes, digest };
}

/** Writes the manifest of entries, in the order of the plan. @returns its digest in hex */
export async function writeManifest(
  stream: WritableStream<Uint8Array>,
  plan: Plan,
  entries: readonly VolumeEntry[],
): Promise<string> {
  const lines = new LinesWriter(stream);
  const { name, generation } = plan.header;
  const header: SetHeader = {
    format: SET_FORMAT,
    version: SET_VERSION,
    name,
    generation,
    plan: plan.digest,
    countVolumes: entries.length,
  };
  await lines.add(header);
  for (const entry of entries) await lines.add(manifestLine(entry));
  return await lines.end();
}

/** An entry as its line. */
export function manifestLine(
  { format: _, version: __, problems: ___, ...line }: VolumeEntry,
): SetVolume {
  return line;
}

/** Where a set's manifest lies. */
export function manifestPath(folder: string, plan: Pick<Plan, "header">): string {
  return join(folder, manifestNameOf(plan));
}

function requireHeader(path: string, header: SetHeader): SetHeader {
  if (header.format !== SET_FORMAT) throw badManifest(path, "it is not the manifest of volumes");
  if (header.version !== SET_VERSION) {
    const version = printable(JSON.stringify(header.version) ?? "");
    throw badManifest(path, `it is of version ${version}, and this icecore knows ${SET_VERSION}`);
  }
  const { name, generation, plan, countVolumes } = header;
  if (isVolumeName(name) && isCount(generation) && isDigest(plan) && isCount(countVolumes)) {
    return header;
  }
  throw badManifest(path, "its first line does not say which set it is");
}

function requireVolume(path: string, volume: SetVolume): SetVolume {
  const wrong = wrongInEntry(volume);
  if (wrong === undefined) return volume;
  const what = `a volume does not say what it should as ${JSON.stringify(wrong)}`;
  throw badManifest(path, what);
}

function badManifest(path: string, why: string): UsageError {
  return new UsageError(
    `cannot use ${printable(path)} as a manifest: ${why}. Copy it anew, or run the plan anew.`,
    "bad-manifest",
  );
}

function isEnd(value: unknown): value is { readonly digest: string } {
  return (value as { type?: unknown }).type === "end";
}

/** Whether a file begins as a manifest does. @throws EnvironmentError `unreadable` */
export async function isManifest(path: string): Promise<boolean> {
  try {
    for await (const { value } of readLines(path)) {
      return (value as SetHeader).format === SET_FORMAT;
    }
  } catch (error) {
    if (!(error instanceof LinesError)) throw error;
  }
  return false;
}
