/**
 * What a build says, out of its events.
 * @module
 */

import type { BuildEvent } from "../../mod.ts";

/** The texts of the messages among events. */
export function messagesIn(events: readonly BuildEvent[]): string[] {
  return events.flatMap((event) => event.type === "message" ? [event.text] : []);
}

/** The same of something that notes events, as lines. */
export function said({ events }: { readonly events: readonly BuildEvent[] }): string {
  return messagesIn(events).join("\n");
}
