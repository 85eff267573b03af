/**
 * A pipeline: an immutable list of steps with their options, which can be rearranged and run.
 * @module
 */

import { resolve } from "node:path";
import { UsageError } from "./build_errors.ts";
import type { BuildEvent } from "./events.ts";
import type { Machine } from "./machine.ts";
import { checkGiven, type OptionValues } from "./options.ts";
import type { PlacedStep } from "./placed_step.ts";
import { type DryRun, dryRun } from "./running/dry_run.ts";
import { type BuildRequest, type BuildResult, runSteps } from "./running/run.ts";
import { Secrets } from "./secrets.ts";
import { absoluteSource } from "./source_path.ts";
import type { Recipe, Step } from "./step.ts";
import { checkShape } from "./step_shape.ts";
import { givenPath } from "./words/given_path.ts";
import { didYouMean } from "./words/suggest.ts";

/** An immutable pipeline; every method returns a new one. */
export class Pipeline {
  private constructor(
    readonly name: string,
    /** @internal The steps with what was given for them, secrets included. */
    readonly placed: readonly PlacedStep[],
    private readonly machine: Machine,
  ) {}

  /**
   * The steps of a recipe in their order.
   *
   * @internal Programs call `pipeline`, which knows the machine.
   * @throws UsageError when two have the same name.
   */
  static of(recipe: Recipe, machine: Machine): Pipeline {
    const placed = recipe.steps.map((step) => ({ step, given: {} }));
    return new Pipeline(recipe.name, [], machine).#replace(placed);
  }

  /** The names of the steps in order. */
  get names(): string[] {
    return this.placed.map(({ step }) => step.name);
  }

  /** A step put before the step of a name. @throws UsageError for an unknown name or option. */
  insertBefore(name: string, step: Step, options: OptionValues = {}): Pipeline {
    return this.#insert(this.#indexOf(name), step, options);
  }

  /** A step put after the step of a name. @throws UsageError for an unknown name or option. */
  insertAfter(name: string, step: Step, options: OptionValues = {}): Pipeline {
    return this.#insert(this.#indexOf(name) + 1, step, options);
  }

  /**
   * A step put where it belongs: at the placement, else where the step itself says, else last.
   * Several at one place stay in the order in which they are put there.
   *
   * @param options Its options by name.
   * @throws UsageError for an unknown place, an unknown option, or a value that it does not take.
   */
  use(
    step: Step,
    options: OptionValues = {},
    placement?: { readonly before: string } | { readonly after: string },
  ): Pipeline {
    checkShape(step);
    const place = placement ?? placementOf(step);
    this.#checkPlace(step, place, placement === undefined);
    if (place === undefined) return this.#insert(this.placed.length, step, options);
    if ("before" in place) return this.insertBefore(place.before, step, options);
    let index = this.#indexOf(place.after) + 1;
    // Behind those that were put after the same step earlier.
    while (this.#follows(index, place.after)) index++;
    return this.#insert(index, step, options, place.after);
  }

  /** The pipeline without a step. @throws UsageError for an unknown name. */
  without(name: string): Pipeline {
    const index = this.#indexOf(name);
    return this.#replace(this.placed.filter((_, i) => i !== index));
  }

  /**
   * Options for a step, added to those it has.
   *
   * @throws UsageError for an unknown step or option, or a value that the option does not take.
   */
  with(name: string, options: OptionValues): Pipeline {
    const index = this.#indexOf(name);
    const { step } = this.placed[index]!;
    checkGiven(step.name, step.options ?? {}, options);
    return this.#replace(
      this.placed.map((placed, i) =>
        i === index ? { ...placed, given: { ...placed.given, ...options } } : placed
      ),
    );
  }

  /** Whether there is a step of this name. */
  has(name: string): boolean {
    return this.names.includes(name);
  }

  /**
   * Builds the image.
   *
   * @throws UsageError, SourceError, EnvironmentError before the first byte is written; StepError when
   * a step fails; InterruptedError when `request.signal` is aborted; ReleaseError when cleaning up
   * fails; why the build failed is its cause.
   * After a throw nothing is left behind, but with `keep` the partial image.
   */
  run(request: BuildRequest): Promise<BuildResult> {
    return this.#hiding(absolute(request), (it) => runSteps(this.placed, it, this.machine));
  }

  /** What `run` would do, found without writing anything. @throws as `run` does. */
  dryRun(request: BuildRequest): Promise<DryRun> {
    return this.#hiding(absolute(request), (it) => dryRun(this.placed, it, this.machine));
  }

  /** Keeps secrets out of events, errors and what comes out. */
  async #hiding<T>(request: BuildRequest, work: (request: BuildRequest) => Promise<T>): Promise<T> {
    const secrets = Secrets.of(this.placed);
    if (secrets === undefined) return await work(request);
    const { emit } = request;
    const shown = emit === undefined
      ? request
      : { ...request, emit: (event: BuildEvent) => emit(secrets.hideIn(event)) };
    try {
      return secrets.hideIn(await work(shown));
    } catch (error) {
      throw secrets.hideInError(error);
    }
  }

  /** Explains why a step cannot be put where it is to go. */
  #checkPlace({ name }: Step, place: Placement | undefined, isOwn: boolean): void {
    if (place === undefined) return;
    const [where, other] = "before" in place
      ? ["before", place.before] as const
      : ["after", place.after] as const;
    if (this.has(other)) return;
    const which = isOwn ? ", where it belongs" : "";
    throw new UsageError(
      `cannot put ${name} ${where} ${other}${which}: recipe ${this.name} has no step ` +
        `${JSON.stringify(other)}. ` +
        (didYouMean(other, this.names) ?? `Its steps: ${this.names.join(", ")}.`) +
        (isOwn ? " Give it another place." : ""),
      "unknown-step",
      isOwn ? { fields: { step: name } } : {},
    );
  }

  #follows(index: number, after: string): boolean {
    return this.placed[index]?.putAfter === after;
  }

  #insert(index: number, step: Step, given: OptionValues, putAfter?: string): Pipeline {
    checkShape(step);
    checkGiven(step.name, step.options ?? {}, given);
    const placed = putAfter === undefined ? { step, given } : { step, given, putAfter };
    return this.#replace([...this.placed.slice(0, index), placed, ...this.placed.slice(index)]);
  }

  #replace(placed: readonly PlacedStep[]): Pipeline {
    const seen = new Set<string>();
    for (const { step } of placed) {
      checkShape(step);
      if (seen.has(step.name)) {
        throw new UsageError(
          `cannot have two steps named ${step.name}: options and placement go by name. ` +
            "Rename one of them.",
          "duplicate-step",
        );
      }
      seen.add(step.name);
    }
    return new Pipeline(this.name, placed, this.machine);
  }

  #indexOf(name: string): number {
    const index = this.names.indexOf(name);
    if (index >= 0) return index;
    throw new UsageError(
      `cannot find a step named ${JSON.stringify(name)} in recipe ${this.name}. ` +
        (didYouMean(name, this.names) ?? `Its steps: ${this.names.join(", ")}.`),
      "unknown-step",
    );
  }
}

/** Where to put a step. */
export type Placement = NonNullable<Parameters<Pipeline["use"]>[2]>;

/** Steps and their programs may work in a folder of their own. */
function absolute(request: BuildRequest): BuildRequest {
  const { sources, output } = request;
  return {
    ...request,
    sources: sources.map(absoluteSource),
    output: output === "-" ? output : resolve(givenPath(output, "the output")),
  };
}

function placementOf(step: Step): Placement | undefined {
  if (step.before !== undefined) return { before: step.before };
  return step.after === undefined ? undefined : { after: step.after };
}
