/**
 * Builds the volumes of a plan on this machine, each in a process of its own.
 * @module
 */

import { runOwnChild } from "../../host/programs/own_child.ts";
import { printable } from "../../host/libc/paths.ts";
import { InterruptedError, UsageError } from "../../pipeline/build_errors.ts";
import type { Plan, PlannedVolume } from "../plan/plan.ts";
import type { VolumeEntry } from "../set/entry.ts";
import { inParallel } from "./in_parallel.ts";

/** What is reported while volumes are built. */
export type RunEvent =
  | { readonly type: "volume-started"; readonly index: number; readonly name: string }
  | {
    readonly type: "volume-progress";
    readonly index: number;
    readonly step: string;
    readonly done: number;
    readonly total?: number;
    readonly unit: "bytes" | "files";
  }
  /** Of the volumes that are to be built: estimated bytes that are done, and of all. */
  | { readonly type: "run-progress"; readonly done: number; readonly total: number }
  | {
    readonly type: "volume-problem";
    readonly index: number;
    readonly kind: string;
    readonly path: string;
    readonly reason: string;
  }
  | {
    readonly type: "volume-finished";
    readonly index: number;
    readonly state: "built" | "present";
    readonly entry: VolumeEntry;
  }
  | {
    readonly type: "volume-failed";
    readonly index: number;
    readonly name: string;
    /** As `volume build` ends; absent where a signal ended it. */
    readonly exitCode?: number;
    readonly code: string;
    readonly message: string;
  };

/** How to build them. */
export interface RunVolumesOptions {
  readonly planPath: string;
  readonly to: string;
  /** How many at a time. */
  readonly parallel: number;
  /** Only the volumes of this host. */
  readonly host?: string;
  /** Further arguments of each build: its plugins and their options. */
  readonly args: readonly string[];
  readonly signal: AbortSignal;
  readonly emit: (event: RunEvent) => void;
}

/** What came out. */
export interface RunResult {
  readonly built: readonly VolumeEntry[];
  readonly present: readonly VolumeEntry[];
  readonly failed: readonly Extract<RunEvent, { type: "volume-failed" }>[];
}

/**
 * Builds what is missing; a volume that fails keeps none of the others from being built.
 *
 * @throws UsageError `no-such-host`; the signal's reason
 */
export async function runVolumes(plan: Plan, options: RunVolumesOptions): Promise<RunResult> {
  const { host, parallel, signal } = options;
  const volumes = plan.volumes.filter((volume) => host === undefined || volume.host === host);
  if (volumes.length === 0) throw noSuchHost(plan, host ?? "");
  const built: VolumeEntry[] = [];
  const present: VolumeEntry[] = [];
  const failed: RunResult["failed"][number][] = [];
  const total = new RunProgress(volumes);
  const emit = (event: RunEvent) => {
    options.emit(event);
    const moved = total.add(event);
    if (moved) options.emit({ type: "run-progress", done: total.done, total: total.total });
  };
  await inParallel(inOrder(volumes), parallel, async (volume) => {
    if (signal.aborted) return;
    const end = await buildInChild(volume, options, emit);
    if (end.type === "volume-finished") (end.state === "built" ? built : present).push(end.entry);
    else if (!signal.aborted) failed.push(end);
    emit(end);
  });
  if (signal.aborted) throw interruption(signal);
  return { built, present, failed };
}

function noSuchHost({ header, volumes }: Plan, host: string): UsageError {
  const labels = [...new Set(volumes.map((volume) => volume.host))];
  const known = labels.filter((label) => label !== "").map(printable).join(", ");
  return new UsageError(
    `cannot build the volumes of ${printable(host)}: the plan ${
      printable(header.name)
    } has none. ` +
      (known === "" ? "Name no label: it has none." : `Its labels are ${known}.`),
    "no-such-host",
  );
}

/** Layers need what they lie on; that was built by an earlier plan. The large ones begin. */
function inOrder(volumes: readonly PlannedVolume[]): PlannedVolume[] {
  return volumes.toSorted((a, b) => b.sizeBytes - a.sizeBytes || a.index - b.index);
}

/** What a child prints, as far as it is needed. */
interface ChildLine {
  readonly type?: string;
  readonly step?: string;
  readonly done?: number;
  readonly total?: number;
  readonly unit?: "bytes" | "files";
  readonly problem?: { readonly kind: string; readonly path: string; readonly reason: string };
  readonly state?: "built" | "present";
  readonly entry?: VolumeEntry;
  readonly code?: string;
  readonly message?: string;
}

async function buildInChild(
  { index, name }: PlannedVolume,
  { planPath, to, args, signal }: RunVolumesOptions,
  emit: (event: RunEvent) => void,
): Promise<Extract<RunEvent, { type: "volume-finished" | "volume-failed" }>> {
  emit({ type: "volume-started", index, name });
  let last: ChildLine = {};
  let error: ChildLine = {};
  const argv = [
    "volume",
    "build",
    planPath,
    "--index",
    String(index),
    "--to",
    to,
    ...args,
    "--json",
  ];
  const end = await runOwnChild(argv, signal, (text) => {
    const line = parsed(text);
    if (line.type === "progress") {
      const { step = "", done = 0, total, unit = "bytes" } = line;
      const known = total === undefined ? {} : { total };
      emit({ type: "volume-progress", index, step, done, ...known, unit });
    } else if (line.type === "problem" && line.problem !== undefined) {
      const { kind, path, reason } = line.problem;
      emit({ type: "volume-problem", index, kind, path, reason });
    } else if (line.type === "volume") last = line;
    else if (line.type === "error") error = line;
  });
  if (last.entry !== undefined && last.state !== undefined) {
    return { type: "volume-finished", index, state: last.state, entry: last.entry };
  }
  const message = error.message ?? (end.stderr.trim() || `it was ended by ${end.signal}`);
  return {
    type: "volume-failed",
    index,
    name,
    ...(end.code === undefined ? {} : { exitCode: end.code }),
    code: error.code ?? "ended",
    message,
  };
}

function parsed(text: string): ChildLine {
  try {
    return JSON.parse(text) as ChildLine;
  } catch {
    // A module of the user's may print what it likes.
    return {};
  }
}

function interruption(signal: AbortSignal): unknown {
  return signal.reason instanceof Error ? signal.reason : new InterruptedError(undefined);
}

/** How far all of it is, by what each volume may take. */
class RunProgress {
  readonly total: number;
  readonly #sizes: ReadonlyMap<number, number>;
  readonly #done = new Map<number, number>();

  constructor(volumes: readonly PlannedVolume[]) {
    this.#sizes = new Map(volumes.map(({ index, sizeBytes }) => [index, sizeBytes]));
    this.total = volumes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  get done(): number {
    return this.#done.values().reduce((sum, done) => sum + done, 0);
  }

  /** @returns whether it has moved */
  add(event: RunEvent): boolean {
    if (event.type === "volume-finished" || event.type === "volume-failed") {
      this.#done.set(event.index, this.#sizes.get(event.index) ?? 0);
      return true;
    }
    if (event.type !== "volume-progress" || event.step !== "pack" || !event.total) return false;
    const share = Math.min(1, event.done / event.total);
    this.#done.set(event.index, share * (this.#sizes.get(event.index) ?? 0));
    return true;
  }
}
