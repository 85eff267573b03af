/**
 * Shows the events of a build: for people, or as JSON.
 * @module
 */

import type { CommonValues } from "./common.ts";
import type { Renderer } from "./event_renderer.ts";
import { humanRenderer } from "./human_renderer.ts";
import { printJson } from "./output.ts";

/** The renderer that the values ask for; JSON goes to stderr when the image goes to stdout. */
export function rendererFor(values: CommonValues, jsonTo: 1 | 2): Renderer {
  if (values.json !== true) return humanRenderer(values);
  return { emit: (event) => printJson(event, jsonTo), end: () => {} };
}
