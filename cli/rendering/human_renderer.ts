/**
 * Shows the events of a build to a person, on stderr.
 * @module
 */

import process from "node:process";
import { printable } from "../../host/libc/paths.ts";
import type { BuildEvent } from "../../pipeline/events.ts";
import type { Problem } from "../../pipeline/problem.ts";
import { type CommonValues, isInteractive, wantsColor } from "../output/common_options.ts";
import { note } from "../output/output.ts";
import { ProgressLine } from "./progress_line.ts";
import { type StepTime, summaryOf } from "./summary.ts";

/** On a terminal, more problems than this are counted, not printed; elsewhere nobody can ask again. */
const MOST_ON_TERMINAL = 20;

/** A renderer for people. */
export function humanRenderer(values: CommonValues) {
  const quiet = values.quiet === true;
  const verbose = values.verbose === true;
  const line = new ProgressLine(!quiet && isInteractive(), wantsColor(values));
  const times: StepTime[] = [];
  const mostProblems = verbose || process.stderr.isTTY !== true ? Infinity : MOST_ON_TERMINAL;
  let countProblems = 0;
  let current = "";

  const say = (text: string): void => line.above(() => note(text));
  const sayProblem = ({ kind, path, reason }: Problem): void => {
    countProblems++;
    if (countProblems <= mostProblems) say(`icecore: ${kind}: ${path}: ${reason}`);
  };

  const sayRest = (): void => {
    if (countProblems <= mostProblems) return;
    note(
      `icecore: … and ${countProblems - mostProblems} more; ` +
        "see all of them with --verbose, or by 2> FILE",
    );
  };

  const emit = (event: BuildEvent): void => {
    switch (event.type) {
      case "step-started":
        current = event.step;
        return line.start(`[${event.index + 1}/${event.countSteps}] ${event.step}`);
      case "progress":
        // A step that streams reports its own bytes, which are not those of the line.
        return event.step === current ? line.update(event) : undefined;
      case "command":
        return verbose ? say(`  $ ${event.argv.map(printable).join(" ")}`) : undefined;
      case "message":
        return showMessage(event);
      case "problem":
        return sayProblem(event.problem);
      case "step-finished":
        times.push(event);
        return verbose ? say(`${event.step}: ${event.seconds.toFixed(2)} s`) : undefined;
      case "build-finished":
        line.clear();
        sayRest();
        for (const pattern of event.image.report.unmatchedPatterns ?? []) {
          note(`icecore: --exclude ${printable(pattern)} matched nothing`);
        }
        return quiet ? undefined : note(summaryOf(event, times));
      case "build-failed":
        line.clear();
        sayRest();
        return event.kept === undefined
          ? undefined
          : note(`icecore: kept ${printable(event.kept)}`);
      case "build-started":
        return;
    }
  };

  const showMessage = ({ level, text }: Extract<BuildEvent, { type: "message" }>): void => {
    if (level === "warning" || verbose || (level === "info" && !quiet)) say(`icecore: ${text}`);
  };

  return { emit, end: () => line.clear() };
}
