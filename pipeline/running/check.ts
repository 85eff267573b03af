/**
 * Everything about a pipeline that can be known before the first byte is written.
 * @module
 */

import { UsageError } from "../build_errors.ts";
import type { Phase } from "../image.ts";
import type { Machine } from "../machine.ts";
import { checkOptions, type OptionValues } from "../options.ts";
import type { PlacedStep } from "../placed_step.ts";
import type { CheckContext, Step } from "../step.ts";
import { checkChain } from "./check_chain.ts";

/** A step with its checked options. */
export interface ReadyStep {
  readonly step: Step;
  readonly options: OptionValues;
}

/**
 * Checks options, the order of phases, what each step reads, programs and rights.
 *
 * @throws UsageError for options and order; what the machine throws for rights and programs.
 */
export function checkSteps(
  placed: readonly PlacedStep[],
  context: Pick<CheckContext, "sources" | "output">,
  machine: Machine,
): ReadyStep[] {
  const ready = placed.map(({ step, given }) => ({
    step,
    options: checkOptions(step.name, step.options ?? {}, given),
  }));
  const steps = ready.map(({ step }) => step);
  checkPhases(steps);
  checkChain(steps, context);
  checkRights(steps, machine);
  checkPrograms(steps, machine);
  return ready;
}

/** Follows the image's phase through the steps. @throws UsageError where a step cannot follow. */
export function checkPhases(steps: readonly Step[]): void {
  let phase: Phase = "planned";
  let previous: string | undefined;
  for (const step of steps) {
    if (step.accepts !== undefined && !step.accepts.includes(phase)) {
      const where = previous === undefined ? "first" : `after ${previous}`;
      throw new UsageError(
        `cannot run ${step.name} ${where}: the image is ${phase} then, and ${step.name} needs it ` +
          `${
            step.accepts.join(" or ")
          }. Move it, or add the step that makes it so; see: icecore steps`,
        "bad-order",
      );
    }
    phase = step.leaves ?? phase;
    previous = step.name;
  }
  if (phase !== "unmounted" && phase !== "sealed" && phase !== "formatted") {
    throw new UsageError(
      `cannot build with the steps ${steps.map(({ name }) => name).join(", ") || "(none)"}: ` +
        `the image would be left ${phase}. Add the steps that finish it; see: icecore steps`,
      "bad-order",
    );
  }
}

function checkRights(steps: readonly Step[], machine: Machine): void {
  const privileged = steps.filter((step) => step.privileged === true).map(({ name }) => name);
  if (privileged.length > 0) machine.requireRoot(privileged);
}

function checkPrograms(steps: readonly Step[], machine: Machine): void {
  const programs = new Map<string, string>();
  for (const step of steps) {
    for (const tool of step.tools ?? []) {
      if (!programs.has(tool)) programs.set(tool, step.name);
    }
  }
  if (programs.size > 0) machine.requirePrograms(programs);
}
