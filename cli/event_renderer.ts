/**
 * What a renderer is.
 * @module
 */

import type { EventSink } from "../pipeline/events.ts";

/** Something that shows events. */
export interface Renderer {
  readonly emit: EventSink;
  /** Takes down what is drawn. */
  end(): void;
}
