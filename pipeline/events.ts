/**
 * What a build tells while it runs. The human renderer and the JSON renderer are two consumers of
 * these same events.
 * @module
 */

import type { Image } from "./image.ts";
import type { Problem } from "./problem.ts";

/** The steps are known and checked; the first is about to run. */
export interface BuildStarted {
  readonly type: "build-started";
  readonly steps: readonly string[];
  readonly sources: readonly string[];
  readonly output: string;
}

/** A step begins. */
export interface StepStarted {
  readonly type: "step-started";
  readonly step: string;
  /** 0 to `countSteps - 1`. */
  readonly index: number;
  readonly countSteps: number;
}

/** How far a step is. */
export interface Progress {
  readonly type: "progress";
  readonly step: string;
  readonly done: number;
  /** Missing while it is not known. */
  readonly total?: number;
  readonly unit: "bytes" | "files";
}

/** A word to the user that is no problem of the source. */
export interface Message {
  readonly type: "message";
  readonly step?: string;
  readonly level: "debug" | "info" | "warning";
  readonly text: string;
}

/** A program is about to be run. */
export interface CommandRun {
  readonly type: "command";
  readonly step: string;
  readonly argv: readonly string[];
}

/** A part of the source could not be stored as it was. */
export interface ProblemFound {
  readonly type: "problem";
  readonly step: string;
  readonly problem: Problem;
}

/** A step is done. */
export interface StepFinished {
  readonly type: "step-finished";
  readonly step: string;
  readonly seconds: number;
  /** Bytes of the image after it. */
  readonly sizeBytes: number;
}

/** The image lies under its final name. */
export interface BuildFinished {
  readonly type: "build-finished";
  readonly image: Image;
  readonly seconds: number;
}

/** The build failed; nothing was left behind but what `kept` names. */
export interface BuildFailed {
  readonly type: "build-failed";
  readonly step?: string;
  readonly code: string;
  readonly message: string;
  readonly kept?: string;
}

/** Any of the above, told apart by `type`. */
export type Event =
  | BuildStarted
  | StepStarted
  | Progress
  | Message
  | CommandRun
  | ProblemFound
  | StepFinished
  | BuildFinished
  | BuildFailed;

/** Receives every event in order. */
export type EventSink = (event: Event) => void;

/** What a step may emit; the runner adds the step's name. */
export type StepEvent =
  | Omit<Progress, "step">
  | Omit<Message, "step">
  | Omit<CommandRun, "step">
  | Omit<ProblemFound, "step">;
