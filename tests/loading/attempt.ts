/**
 * Builds a lab's source with steps out of files, in this process.
 * @module
 */

import { chmodSync, writeFileSync } from "node:fs";
import {
  type BuildEvent,
  type BuildResult,
  loadStep,
  type OptionValues,
  pipeline,
  recipes,
  type Step,
} from "../../mod.ts";
import type { Placement } from "../../pipeline/pipeline.ts";
import { messageOf } from "../../plugin.ts";
import type { Lab } from "../faults/lab.ts";
import { messagesIn } from "../support/messages.ts";
import { setEnvironment } from "../support/programs/environment.ts";

/** What became of a build. */
export interface Attempt {
  readonly result: BuildResult | undefined;
  readonly error: unknown;
  /** The error's message; empty when there is none. */
  readonly message: string;
  readonly events: readonly BuildEvent[];
  /** The texts of the messages among them. */
  readonly texts: readonly string[];
}

/** How to build. */
export interface How {
  readonly options?: OptionValues;
  readonly place?: Placement;
  readonly signal?: AbortSignal;
}

/** Writes a file into a lab, executable if it is a script. */
export function put(lab: Lab, name: string, text: string): string {
  writeFileSync(lab.at(name), text);
  if (text.startsWith("#!")) chmodSync(lab.at(name), 0o755);
  return lab.at(name);
}

/** Builds `out.img` with a step, and with others behind it. */
export async function attempt(
  lab: Lab,
  step: Step,
  how: How = {},
  others: readonly Step[] = [],
): Promise<Attempt> {
  const events: BuildEvent[] = [];
  using _environment = setEnvironment({ TMPDIR: lab.temporary });
  try {
    const first = pipeline(recipes.native).without("fsck").use(step, how.options, how.place);
    const built = others.reduce((all, other) => all.use(other), first);
    const result = await built.run({
      sources: [lab.source],
      output: lab.image,
      emit: (event) => events.push(event),
      ...(how.signal === undefined ? {} : { signal: how.signal }),
    });
    return { result, error: undefined, message: "", events, texts: messagesIn(events) };
  } catch (error) {
    return {
      result: undefined,
      error,
      message: messageOf(error),
      events,
      texts: messagesIn(events),
    };
  }
}

/** Builds with a file as a step. */
export async function attemptFile(
  lab: Lab,
  name: string,
  text: string,
  how: How = {},
): Promise<Attempt> {
  return await attempt(lab, await loadStep(put(lab, name, text)), how);
}
