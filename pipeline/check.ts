/**
 * Everything about a pipeline that can be known before the first byte is written.
 * @module
 */

import { EnvironmentError, UsageError } from "./errors.ts";
import type { Phase } from "./image.ts";
import type { Machine } from "./machine.ts";
import { checkOptions, type OptionValues } from "./options.ts";
import type { PlacedStep } from "./placed_step.ts";
import type { Step } from "./step.ts";

/** A step with its checked options. */
export interface ReadyStep {
  readonly step: Step;
  readonly options: OptionValues;
}

/**
 * Checks options, the order of phases, programs and rights.
 *
 * @throws UsageError for options and order; EnvironmentError for programs and rights.
 */
export function checkSteps(placed: readonly PlacedStep[], machine: Machine): ReadyStep[] {
  const ready = placed.map(({ step, given }) => ({
    step,
    options: checkOptions(step.name, step.options ?? {}, given),
  }));
  const steps = ready.map(({ step }) => step);
  checkPhases(steps);
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
          `${step.accepts.join(" or ")}. ${whereItFits(step, steps)}`,
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

function whereItFits(step: Step, steps: readonly Step[]): string {
  const fits = steps.filter(({ leaves, name }) =>
    leaves !== undefined && name !== step.name && step.accepts!.includes(leaves)
  );
  return fits.length === 0
    ? "See the order of a recipe with: icecore steps"
    : `Put it after ${fits.map(({ name }) => name).join(" or ")}.`;
}

function checkRights(steps: readonly Step[], machine: Machine): void {
  const privileged = steps.filter((step) => step.privileged === true).map(({ name }) => name);
  if (privileged.length === 0 || machine.isRoot()) return;
  throw new EnvironmentError(
    `cannot run ${list(privileged)}: ${privileged.length === 1 ? "it needs" : "they need"} root, ` +
      "because only root may mount. Run it with sudo, or build with --recipe native, " +
      "which needs no root.",
    "not-root",
  );
}

function checkPrograms(steps: readonly Step[], machine: Machine): void {
  const missing = new Map<string, string>();
  for (const step of steps) {
    for (const tool of step.tools ?? []) {
      if (machine.findProgram(tool) === undefined && !missing.has(tool)) {
        missing.set(tool, step.name);
      }
    }
  }
  if (missing.size === 0) return;
  const named = [...missing].map(([tool, step]) => `${tool} (for ${step})`);
  throw new EnvironmentError(
    `cannot find ${list(named)}: not in PATH. ${machine.installHint([...missing.keys()])}`,
    "missing-program",
  );
}

function list(names: readonly string[]): string {
  return names.length < 2
    ? names.join("")
    : `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}
