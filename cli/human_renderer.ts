/**
 * Shows the events of a build to a person, on stderr.
 * @module
 */

import { type Event, printable, type Problem } from "../mod.ts";
import { type CommonValues, isInteractive, wantsColor } from "./common.ts";
import { note } from "./output.ts";
import { ProgressLine } from "./progress_line.ts";
import type { Renderer } from "./event_renderer.ts";
import { type StepTime, summaryOf } from "./summary.ts";

/** More problems than this are counted, not printed; `--verbose` prints all. */
const MOST_PROBLEMS = 20;

/** A renderer for people. */
export function humanRenderer(values: CommonValues): Renderer {
  const quiet = values.quiet === true;
  const verbose = values.verbose === true;
  const line = new ProgressLine(!quiet && isInteractive(), wantsColor(values));
  const times: StepTime[] = [];
  let countProblems = 0;

  const say = (text: string): void => line.above(() => note(text));
  const sayProblem = ({ kind, path, reason }: Problem): void => {
    countProblems++;
    if (verbose || countProblems <= MOST_PROBLEMS) say(`icecore: ${kind}: ${path}: ${reason}`);
  };

  const emit = (event: Event): void => {
    switch (event.type) {
      case "step-started":
        return line.start(`[${event.index + 1}/${event.countSteps}] ${event.step}`);
      case "progress":
        return line.update(event);
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
        if (countProblems > MOST_PROBLEMS && !verbose) {
          note(`icecore: … and ${countProblems - MOST_PROBLEMS} more; see them with --verbose`);
        }
        return quiet ? undefined : note(summaryOf(event, times));
      case "build-failed":
        line.clear();
        return event.kept === undefined
          ? undefined
          : note(`icecore: kept ${printable(event.kept)}`);
      case "build-started":
        return;
    }
  };

  const showMessage = ({ level, text }: Extract<Event, { type: "message" }>): void => {
    if (level === "warning" || verbose || (level === "info" && !quiet)) say(`icecore: ${text}`);
  };

  return { emit, end: () => line.clear() };
}
