/**
 * Shows the events of a build: for people, or as JSON.
 * @module
 */

import type { EventSink } from "../mod.ts";
import type { CommonValues } from "./common.ts";
import { humanRenderer } from "./human_renderer.ts";
import { printJson } from "./output.ts";

/** Something that shows events. */
export interface Renderer {
  readonly emit: EventSink;
  /** Takes down what is drawn. */
  end(): void;
}

/** The renderer that the values ask for. */
export function rendererFor(values: CommonValues): Renderer {
  return values.json === true ? { emit: printJson, end: () => {} } : humanRenderer(values);
}
