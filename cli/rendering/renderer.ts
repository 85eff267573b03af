/**
 * Shows the events of a build: for people, or as JSON.
 * @module
 */

import type { EventSink } from "../../pipeline/events.ts";
import type { CommonValues } from "../output/common_options.ts";
import { printJson } from "../output/output.ts";
import { humanRenderer } from "./human_renderer.ts";
import { silentRenderer } from "./silent_renderer.ts";

/** Something that shows events. */
export interface Renderer {
  readonly emit: EventSink;
  /** Something went wrong: what was held back is printed. @param headline What, where no error says it. */
  trouble(headline?: string): void;
  /** Takes down what is drawn. */
  end(): void;
}

/** The renderer that the values ask for; JSON goes to stderr when the image goes to stdout. */
export function rendererFor(values: CommonValues, jsonTo: 1 | 2): Renderer {
  if (values.json === true) {
    return { emit: (event) => printJson(event, jsonTo), trouble: () => {}, end: () => {} };
  }
  return values.silent === true
    ? silentRenderer()
    : { ...humanRenderer(values), trouble: () => {} };
}
