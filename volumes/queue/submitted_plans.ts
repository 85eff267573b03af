/**
 * The plans that jobs are of, as they lie on this machine.
 * @module
 */

import { UnrecoverableError } from "bullmq";
import { statSync } from "node:fs";
import { messageOf, UsageError } from "../../pipeline/build_errors.ts";
import type { Plan } from "../plan/plan.ts";
import { readPlan } from "../plan/read_plan.ts";

/** Keeps the one that was read last: it may be long, and each volume's job asks for it. */
export class SubmittedPlans {
  #last: { readonly path: string; readonly stamp: string; readonly plan: Plan } | undefined;

  /**
   * Reads a plan, unless it is the one that is known.
   * @throws UnrecoverableError when it is not the one that was submitted, or none; EnvironmentError
   * when it cannot be read
   */
  async read(path: string, digest: string): Promise<Plan> {
    const status = statSync(path, { throwIfNoEntry: false });
    const stamp = `${status?.mtimeMs} ${status?.size} ${status?.ino}`;
    if (this.#last?.path !== path || this.#last.stamp !== stamp) {
      this.#last = { path, stamp, plan: await read(path) };
    }
    const { plan } = this.#last;
    if (plan.digest === digest) return plan;
    throw new UnrecoverableError(
      `the plan ${path} is not the one that was submitted. Submit this one, or bring that back.`,
    );
  }
}

async function read(path: string): Promise<Plan> {
  try {
    return await readPlan(path);
  } catch (error) {
    throw error instanceof UsageError ? new UnrecoverableError(messageOf(error)) : error;
  }
}
