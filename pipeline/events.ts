/**
 * What a build reports while it runs. The human renderer and the JSON renderer are two consumers of
 * these same events.
 * @module
 */

import type { Image } from "./image.ts";
import type { Problem } from "./problem.ts";

/** What a build reports while it runs, in order; `type` discriminates the events. */
export type BuildEvent =
  /** The steps are known and checked; the first is about to run. */
  | {
    readonly type: "build-started";
    /** The names of the steps in order. */
    readonly steps: readonly string[];
    /** Absolute paths of the sources. */
    readonly sources: readonly string[];
    /** Absolute path of the image, or `-` for stdout. */
    readonly output: string;
  }
  /** A step begins. */
  | {
    readonly type: "step-started";
    /** The name of the step. */
    readonly step: string;
    /** 0 to `countSteps - 1`. */
    readonly index: number;
    /** How many steps there are. */
    readonly countSteps: number;
  }
  /** How far a step is. */
  | {
    readonly type: "progress";
    /** The name of the step. */
    readonly step: string;
    /** How much is done. */
    readonly done: number;
    /** Missing while it is not known. */
    readonly total?: number;
    /** What `done` and `total` count. */
    readonly unit: "bytes" | "files";
  }
  /** A word to the user that is not a problem of the source. */
  | {
    readonly type: "message";
    /** The name of the step, where one is at it. */
    readonly step?: string;
    /** How much it matters. */
    readonly level: "debug" | "info" | "warning";
    /** One or two sentences for people. */
    readonly text: string;
  }
  /** A program is about to be run. */
  | {
    readonly type: "command";
    /** The name of the step. */
    readonly step: string;
    /** The program and its arguments. */
    readonly argv: readonly string[];
  }
  /** A part of the source could not be stored as it was. */
  | {
    readonly type: "problem";
    /** The name of the step. */
    readonly step: string;
    /** What could not be stored, and why. */
    readonly problem: Problem;
  }
  /** A step is done. */
  | {
    readonly type: "step-finished";
    /** The name of the step. */
    readonly step: string;
    /** How long it took. */
    readonly seconds: number;
    /** Bytes of the image after it. */
    readonly sizeBytes: number;
  }
  /** The image lies under its final name. */
  | {
    readonly type: "build-finished";
    /** The image at its final place. */
    readonly image: Image;
    /** How long it took. */
    readonly seconds: number;
  }
  /** The build failed; nothing was left behind but what `kept` and `left` name. */
  | {
    readonly type: "build-failed";
    /** The name of the step, where one is at it. */
    readonly step?: string;
    /** A stable word for scripts. */
    readonly code: string;
    /** What went wrong, for people. */
    readonly message: string;
    /** The partial image that was kept, with `keep`. */
    readonly kept?: string;
    /** What steps stored elsewhere, e.g. URLs, and could not take back for sure. */
    readonly left?: readonly string[];
  };

/** One kind of event, e.g. `EventOf<"progress">`. */
export type EventOf<Type extends BuildEvent["type"]> = Extract<BuildEvent, { readonly type: Type }>;

/** Receives every event in order. */
export type EventSink = (event: BuildEvent) => void;
