/**
 * Writes the manifest of a set, when all of its volumes are there.
 * @module
 */

import { renameSync, rmSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { EnvironmentError } from "../../host/environment_error.ts";
import { claimPartial } from "../../host/files/claim_partial.ts";
import { writeClaimed } from "../../host/files/create_file.ts";
import { requireFree } from "../../host/files/require_free.ts";
import { syncPath } from "../../host/files/sync_path.ts";
import { close, type Descriptor } from "../../host/libc/files.ts";
import { printable } from "../../host/libc/paths.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import type { Plan, PlannedVolume } from "../plan/plan.ts";
import { entryNameOf, readEntry, type VolumeEntry } from "./entry.ts";
import { manifestLine, manifestPath, readManifest, writeManifest } from "./manifest.ts";

/** What became of it. */
export type Sealed =
  | {
    readonly isSealed: true;
    readonly path: string;
    readonly digest: string;
    /** Whether the manifest was written now; else it was there, and says just this. */
    readonly isNew: boolean;
  }
  /** No manifest was written: these volumes were not built. */
  | { readonly isSealed: false; readonly missing: readonly PlannedVolume[] };

/** How long another one may take to write the manifest. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 50;

/**
 * Seals a set. Of several that do so at once, one writes the manifest, and the others find it; one
 * that says something else is replaced.
 *
 * @throws UsageError `bad-entry`; EnvironmentError where it cannot be written
 */
export async function sealSet(plan: Plan, folder: string): Promise<Sealed> {
  const entries: VolumeEntry[] = [];
  const missing: PlannedVolume[] = [];
  for (const volume of plan.volumes) {
    const entry = readEntry(folder, volume);
    if (entry?.key === volume.key) entries.push(entry);
    else missing.push(volume);
  }
  if (missing.length > 0) return { isSealed: false, missing };
  const path = manifestPath(folder, plan);
  const all = [...entries, ...basesOf(entries, folder)];
  const partial = `${path}.partial`;
  requireFree(path, true);
  const lock = await claimed(partial, path);
  try {
    const there = await sealedBefore(path, plan, all);
    if (there !== undefined) return { isSealed: true, path, digest: there, isNew: false };
    const digest = await writeManifest(writeClaimed(partial), plan, all);
    await syncPath(partial);
    renameSync(partial, path);
    await syncPath(folder);
    return { isSealed: true, path, digest, isNew: true };
  } finally {
    // Whoever waits for the claim finds no partial file of ours.
    rmSync(partial, { force: true });
    close(lock);
  }
}

/** The claim to write the manifest, waited for while another one writes it. */
async function claimed(partial: string, path: string): Promise<Descriptor> {
  const endMs = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return claimPartial(partial, printable(path));
    } catch (error) {
      const isBusy = error instanceof EnvironmentError && error.code === "output-busy";
      if (!isBusy || performance.now() > endMs) throw error;
      await setTimeout(PAUSE_MS);
    }
  }
}

/** The digest of a manifest that says what would be written. */
async function sealedBefore(
  path: string,
  plan: Plan,
  entries: readonly VolumeEntry[],
): Promise<string | undefined> {
  let before;
  try {
    before = await readManifest(path);
  } catch (error) {
    // One that is damaged, or of another version, is written anew.
    if (error instanceof UsageError) return undefined;
    throw error;
  }
  if (before?.header.plan !== plan.digest) return undefined;
  const isSame = isDeepStrictEqual(before.volumes, entries.map(manifestLine));
  return isSame ? before.digest : undefined;
}

/** What the layers among them lie on, as far as it is a volume. */
function basesOf(entries: readonly VolumeEntry[], folder: string): VolumeEntry[] {
  const names = new Set(entries.map(({ name }) => name));
  const bases: VolumeEntry[] = [];
  const rest = [...entries];
  for (let entry = rest.pop(); entry !== undefined; entry = rest.pop()) {
    const name = entry.base?.replace(/\.img$/, "");
    if (name === undefined || names.has(name)) continue;
    names.add(name);
    const base = readEntry(folder, { name });
    if (base === undefined) continue;
    bases.push(base);
    rest.push(base);
  }
  return bases.sort((a, b) => a.name < b.name ? -1 : 1);
}

/** What a set consists of beside its images, by the names of its volumes. */
export function sideNamesOf(entry: Pick<VolumeEntry, "name" | "file" | "digests">): string[] {
  return [
    entryNameOf(entry),
    ...Object.keys(entry.digests).map((algorithm) => `${entry.file}.${algorithm}`),
  ];
}
