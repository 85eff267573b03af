/**
 * The plan that a new one extends: where it has cut, and which of its volumes can stay.
 * @module
 */

import { existsSync } from "node:fs";
import type { MovedNames, Plan, PlanHeader, PlannedVolume } from "../plan/plan.ts";
import { requireNamesOf } from "../plan/names_of.ts";
import { namesPathOf } from "../plan/plan_paths.ts";
import { readPlan } from "../plan/read_plan.ts";
import { changedBytes, type NameStretch } from "./changed_bytes.ts";
import type { BytesSource } from "./names_file.ts";
import type { Part } from "./measure_parts.ts";
import { comparePaths, type PathNames, pathNames } from "./path_stack.ts";
import { ScratchFile } from "../files/scratch.ts";

/** From there on a layer is not worth being one more image to open. */
const MOST_CHANGED = 0.5;

/** An earlier plan, as far as it concerns one host. */
export class EarlierPlan {
  readonly #own: readonly PlannedVolume[];
  /** Volumes whose ranges have exceptions: marks of a layer could hide what others hold. */
  readonly #withMoved: ReadonlySet<number>;
  readonly #names: ScratchFile | undefined;
  readonly #namesPath: string;

  private constructor(
    readonly plan: Plan,
    host: string,
    withMoved: ReadonlySet<number>,
    names: ScratchFile | undefined,
    namesPath: string,
  ) {
    this.#own = plan.volumes.filter((volume) => volume.host === host);
    this.#withMoved = withMoved;
    this.#names = names;
    this.#namesPath = namesPath;
  }

  static async open(path: string, host: string): Promise<EarlierPlan> {
    const withMoved = new Set<number>();
    const plan = await readPlan(path, ({ from, to }: MovedNames) => {
      withMoved.add(from).add(to);
    });
    const namesPath = namesPathOf(path);
    const names = existsSync(namesPath) ? ScratchFile.open(namesPath, "r") : undefined;
    return new EarlierPlan(plan, host, withMoved, names, namesPath);
  }

  /** Where it has cut, in order. */
  get cuts(): PathNames[] {
    return this.#own.flatMap(({ range }) => range === undefined ? [] : [pathNames(range.from)])
      .filter((path) => path.length > 0)
      .sort(comparePaths);
  }

  /** The volume of a part's place. */
  volumeOf({ range, only }: Part): PlannedVolume | undefined {
    return this.#own.find((volume) =>
      range === undefined
        ? only !== undefined && volume.only === only
        : volume.range?.from === range.from
    );
  }

  /** Whether volumes of both are made alike, where their contents are. */
  isMadeAs(header: PlanHeader, host: string): boolean {
    const own = ({ sources, options }: PlanHeader) =>
      JSON.stringify([sources.filter((source) => source.host === host), options]);
    return own(this.plan.header) === own(header);
  }

  /**
   * What a layer on the volume would take.
   *
   * @param next The part behind it.
   * @returns `undefined` where it is to be built anew.
   * @throws UsageError `other-names`
   */
  async layerBytes(
    volume: PlannedVolume,
    part: Part,
    next: Part | undefined,
    names: BytesSource,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    if (this.#names === undefined || volume.range === undefined || part.range === undefined) {
      return undefined;
    }
    // A layer would mark as gone what lies in another volume by now.
    if (this.#withMoved.has(volume.index) || volume.range.to !== part.range.to) return undefined;
    // Or a folder across a cut that is none by now, or was none: others hold names of it.
    const around = [volume, part, this.#behind(volume), next];
    if (around.some((each) => each?.countAbove !== undefined)) return undefined;
    await requireNamesOf(this.#names, volume, this.#namesPath, signal);
    const stretch = (file: BytesSource, [start, end]: readonly [number, number], from: string) =>
      ({ file, names: [start, end], from: pathNames(from) }) satisfies NameStretch;
    const bytes = changedBytes(
      stretch(this.#names, volume.names, volume.range.from),
      stretch(names, part.names, part.range.from),
    );
    return bytes <= MOST_CHANGED * part.sizeBytes ? bytes : undefined;
  }

  #behind({ range }: PlannedVolume): PlannedVolume | undefined {
    if (range?.to === undefined) return undefined;
    return this.#own.find((volume) => volume.range?.from === range.to);
  }

  close(): void {
    this.#names?.close();
  }
}
