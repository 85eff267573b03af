/**
 * Shows how several volumes are built at a time.
 * @module
 */

import { printable } from "../../host/libc/paths.ts";
import { formatSize } from "../../pipeline/words/size.ts";
import type { RunEvent } from "../../volumes/run/run_volumes.ts";
import { type CommonValues, isInteractive, wantsColor } from "../output/common_options.ts";
import { note, printJson } from "../output/output.ts";
import { ProgressLine } from "../rendering/progress_line.ts";

/** Something that shows what happens. */
export interface RunRenderer {
  readonly emit: (event: RunEvent) => void;
  /** Takes down what is drawn. */
  end(): void;
}

/** For people, or as JSON. */
export function runRenderer(values: CommonValues): RunRenderer {
  if (values.json === true) return { emit: (event) => printJson(event), end: () => {} };
  const isQuiet = values.quiet === true;
  const line = new ProgressLine(!isQuiet && isInteractive(), wantsColor(values));
  const running = new Map<number, string>();
  const say = (text: string) => line.above(() => note(printable(text)));
  return {
    end: () => line.clear(),
    emit(event) {
      switch (event.type) {
        case "volume-started":
          running.set(event.index, event.name);
          line.start([...running.values()].join(" "));
          if (values.verbose === true) say(`icecore: ${event.name} begins`);
          return;
        case "run-progress":
          return line.update({ done: event.done, total: event.total, unit: "bytes" });
        case "volume-problem":
          return say(
            `icecore: ${running.get(event.index)}: ${event.kind}: ${event.path}: ${event.reason}`,
          );
        case "volume-finished": {
          running.delete(event.index);
          const { name, sizeBytes } = event.entry;
          if (isQuiet || (event.state === "present" && values.verbose !== true)) return;
          const what = event.state === "present" ? "is there already" : formatSize(sizeBytes);
          return say(`${name}  ${what}`);
        }
        case "volume-failed":
          running.delete(event.index);
          return say(`icecore: ${event.name} failed: ${event.message}`);
        case "volume-progress":
          return;
      }
    },
  };
}
