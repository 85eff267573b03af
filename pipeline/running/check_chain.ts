/**
 * Whether each step behind one that streams gets what it reads: the image, what a step made of it,
 * or the parts that this was cut into.
 * @module
 */

import { UsageError } from "../build_errors.ts";
import { defaultImageName } from "../image_name.ts";
import type { CheckContext, Step } from "../step.ts";
import { fedSteps, takesPayload } from "./fed_steps.ts";

/** What is to be kept elsewhere, at one place of the chain. */
interface Payload {
  /** The step that made it. */
  readonly madeBy: string;
  /** The steps that it is streamed on to; they alone get it unless it lies in a file as well. */
  readonly streamedTo: readonly string[];
  readonly isInFile: boolean;
  readonly isCut: boolean;
}

/** @throws UsageError where a step could not get what it reads. */
export function checkChain(
  steps: readonly Step[],
  { sources, output }: Pick<CheckContext, "sources" | "output">,
): void {
  const maker = steps.findIndex((step) => step.streams === true);
  if (maker < 0) return;
  const behind = steps.slice(maker + 1);
  const fed = fedSteps(behind, (step) => step);
  const isToStdout = output === "-";
  if (isToStdout && fed.length > 0) requireName(sources, fed);
  let payload: Payload = {
    madeBy: steps[maker]!.name,
    streamedTo: [],
    isInFile: !isToStdout,
    isCut: false,
  };
  for (const step of behind) {
    const place = fed.indexOf(step);
    if (place < 0) requirePayload(step, payload, isToStdout);
    if (step.transforms === true) {
      const takers = place < 0 ? [] : fed.slice(place + 1).filter(takesPayload);
      const isInFile = takers.length === 0;
      const streamedTo = takers.map(({ name }) => name);
      payload = { madeBy: step.name, streamedTo, isInFile, isCut: false };
    }
    if (step.leavesFiles === true) payload = { ...payload, isCut: true };
  }
}

/**
 * Refuses a step whose file would lie beside an image that goes to stdout. After the steps' own
 * checks, which may know better what to do.
 *
 * @throws UsageError
 */
export function checkPlaces(steps: readonly Step[], output: string): void {
  if (output !== "-") return;
  const last = steps.findLast((step) => step.stream !== undefined && takesPayload(step));
  if (last?.transforms === true) throw noPlace(last);
}

/** Refuses a step that is not fed, and that could not read what it needs from a file either. */
function requirePayload(step: Step, payload: Payload, isToStdout: boolean): void {
  const { reads, passive, name } = step;
  if (reads === "parts" && payload.isCut) return;
  const needsWhole = reads === "payload" || reads === "parts";
  if (needsWhole && payload.streamedTo.length > 0) throw streamedOn(step, payload);
  if (!isToStdout || payload.isInFile || (passive === true && !needsWhole)) return;
  throw new UsageError(
    `cannot run ${name} on an image that goes to stdout: it needs a file. Name one.`,
    "cannot-stream",
  );
}

function streamedOn({ name }: Step, { madeBy, streamedTo }: Payload): UsageError {
  const takers = streamedTo.join(" and ");
  return new UsageError(
    `cannot run ${name} behind ${streamedTo.at(-1)}: what ${madeBy} makes is streamed on to ` +
      `${takers} and lies in no file, and ${name} reads it whole. Put ${name} directly behind ` +
      `${madeBy}.`,
    "bad-order",
    { fields: { step: name, after: madeBy } },
  );
}

function noPlace({ name }: Step): UsageError {
  return new UsageError(
    `cannot run ${name} on an image that goes to stdout: there is no place for what it makes. Name a file, ` +
      "or put a step behind it that stores it elsewhere.",
    "cannot-stream",
  );
}

function requireName(sources: readonly string[], fed: readonly Step[]): void {
  if (sources.length === 0 || defaultImageName(sources) !== undefined) return;
  throw new UsageError(
    `cannot name what ${fed[0]!.name} gets of /: neither the root folder nor stdout has a name. ` +
      "Name a file, or build the folders in it.",
    "no-name",
  );
}
