/**
 * What is wrong with a set of volumes, found without reading the contents of images.
 * @module
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unreadable } from "../../host/files/file_status.ts";
import { hasCode } from "../../host/libc/errno.ts";
import { printable } from "../../host/libc/paths.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import type { Plan } from "../plan/plan.ts";
import { wrongImage } from "./check_entry.ts";
import { entryNameOf, imageNameOf, readEntry, type VolumeEntry } from "./entry.ts";
import { lookAtImage } from "./look_at_image.ts";
import type { Manifest, SetVolume } from "./manifest.ts";

/** Something that is wrong. */
export interface WrongVolume {
  /**
   * `missing`: not there; `extra`: no volume of the set; `altered`: not as it was built; `swapped`:
   * another volume under its name; `superseded`: of an earlier plan, which is not a fault.
   */
  readonly kind: "missing" | "extra" | "altered" | "swapped" | "superseded";
  /** The file. */
  readonly file: string;
  readonly message: string;
}

/** What a set is to be. */
export interface ExpectedSet {
  readonly name: string;
  readonly generation: number;
  readonly volumes: readonly SetVolume[];
  /** Volumes of the plan that were not built. */
  readonly unbuilt: readonly WrongVolume[];
}

/** What a manifest says. @param plan Where it is given, the manifest has to be of it. */
export function expectedByManifest({ header, volumes }: Manifest, plan?: Plan): ExpectedSet {
  if (plan !== undefined && plan.digest !== header.plan) {
    throw new UsageError(
      `cannot verify the set ${printable(header.name)}: its manifest is of another plan. ` +
        "Run that plan again, or name the plan of the set.",
      "other-plan",
    );
  }
  const keys = new Map(volumes.map(({ name, key }) => [name, key]));
  const unbuilt = (plan?.volumes ?? []).filter(({ name, key }) => keys.get(name) !== key)
    .map((volume): WrongVolume => {
      const file = imageNameOf(volume);
      return { kind: "missing", file, message: `${file} of the plan is not in the manifest` };
    });
  return { name: header.name, generation: header.generation, volumes, unbuilt };
}

/** What entries say, where there is no manifest yet. */
export function expectedByEntries(plan: Plan, folder: string): ExpectedSet {
  const volumes: SetVolume[] = [];
  const unbuilt: WrongVolume[] = [];
  for (const volume of plan.volumes) {
    const entry = entryOrWhy(folder, volume);
    const file = imageNameOf(volume);
    if (typeof entry === "string") {
      unbuilt.push({ kind: "altered", file, message: entry });
    } else if (entry?.key === volume.key) volumes.push(entry);
    else {
      const why = entry === undefined ? "was not built" : "was built by another plan";
      unbuilt.push({ kind: "missing", file, message: `${file} ${why}` });
    }
  }
  const { name, generation } = plan.header;
  return { name, generation, volumes, unbuilt };
}

/** Looks at all volumes. */
export async function* findWrong(
  folder: string,
  expected: ExpectedSet,
  signal: AbortSignal,
): AsyncGenerator<WrongVolume> {
  yield* expected.unbuilt;
  const byUuid = new Map(expected.volumes.map(({ uuid, file }) => [uuid, file]));
  for (const volume of expected.volumes) {
    signal.throwIfAborted();
    const { file } = volume;
    const wrong = await wrongImage(folder, volume, signal);
    if (wrong !== undefined) {
      const { kind, why } = wrong;
      const other = kind === "swapped" ? await otherOf(folder, file, byUuid, signal) : undefined;
      const message = other === undefined ? `${file} ${why}` : `${file} is in truth ${other}`;
      yield { kind, file, message };
    }
    yield* wrongEntry(folder, volume);
    yield* wrongSideFiles(folder, volume);
  }
  yield* extraFiles(folder, expected);
}

async function otherOf(
  folder: string,
  file: string,
  byUuid: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<string | undefined> {
  return byUuid.get((await lookAtImage(join(folder, file), signal))?.uuid ?? "");
}

/** An entry; where it is not one, a sentence that says so. */
function entryOrWhy(
  folder: string,
  volume: { readonly name: string },
): VolumeEntry | string | undefined {
  try {
    return readEntry(folder, volume);
  } catch (error) {
    if (error instanceof UsageError && error.code === "bad-entry") {
      return `${entryNameOf(volume)}: ${error.fields["why"]}`;
    }
    throw error;
  }
}

function* wrongEntry(folder: string, volume: SetVolume): Generator<WrongVolume> {
  const file = entryNameOf(volume);
  const entry = entryOrWhy(folder, volume);
  if (typeof entry === "string") {
    yield { kind: "altered", file, message: entry };
    return;
  }
  if (entry === undefined) {
    yield { kind: "missing", file, message: `${file} does not exist` };
    return;
  }
  const same = ["key", "uuid", "record", "sizeBytes", "file", "state"] as const;
  const isSame = same.every((field) => entry[field] === volume[field]) &&
    JSON.stringify(entry.digests) === JSON.stringify(volume.digests);
  if (!isSame) {
    yield { kind: "altered", file, message: `${file} does not say what the manifest says` };
  }
}

/** Side files are short; the digests in them have to be those of the manifest. */
function* wrongSideFiles(folder: string, { file, digests }: SetVolume): Generator<WrongVolume> {
  for (const [algorithm, digest] of Object.entries(digests)) {
    const side = `${file}.${algorithm}`;
    const text = textOf(join(folder, side));
    if (text === undefined) {
      yield { kind: "missing", file: side, message: `${side} does not exist` };
    } else if (text !== `${digest}  ${file}\n`) {
      yield { kind: "altered", file: side, message: `${side} does not have the image's digest` };
    }
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw unreadable(printable(path), error);
  }
}

/** Images that are called as volumes of this set are, and are none. */
function* extraFiles(
  folder: string,
  { name, generation, volumes, unbuilt }: ExpectedSet,
): Generator<WrongVolume> {
  const known = new Set([...volumes, ...unbuilt].map(({ file }) => file));
  for (const file of readdirSync(folder).sort()) {
    const which = file.startsWith(name)
      ? /^(?:\.(\d+))?-\d{4,}\.img$/.exec(file.slice(name.length))
      : null;
    if (which === null || known.has(file)) continue;
    const isEarlier = Number(which[1] ?? 1) < generation;
    yield isEarlier
      ? { kind: "superseded", file, message: `${file} is of an earlier plan, and needed no more` }
      : { kind: "extra", file, message: `${file} is not a volume of this set` };
  }
}
