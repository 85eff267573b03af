/**
 * What a build says, out of its events.
 * @module
 */

import type { Event } from "../../mod.ts";

/** The texts of the messages among events. */
export function messagesIn(events: readonly Event[]): string[] {
  return events.flatMap((event) => event.type === "message" ? [event.text] : []);
}
