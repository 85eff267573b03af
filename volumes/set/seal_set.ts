/**
 * Writes the manifest of a set, when all of its volumes are there.
 * @module
 */

import { renameSync } from "node:fs";
import { createFile } from "../../host/files/create_file.ts";
import { syncPath } from "../../host/files/sync_path.ts";
import type { Plan, PlannedVolume } from "../plan/plan.ts";
import { entryNameOf, readEntry, type VolumeEntry } from "./entry.ts";
import { manifestPath, writeManifest } from "./manifest.ts";

/** What became of it. */
export type Sealed =
  | { readonly isSealed: true; readonly path: string; readonly digest: string }
  /** No manifest was written: these volumes were not built. */
  | { readonly isSealed: false; readonly missing: readonly PlannedVolume[] };

/**
 * Seals a set. One that was sealed is sealed anew.
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
  const digest = await writeManifest(createFile(`${path}.partial`, true), plan, all);
  await syncPath(`${path}.partial`);
  renameSync(`${path}.partial`, path);
  await syncPath(folder);
  return { isSealed: true, path, digest };
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
