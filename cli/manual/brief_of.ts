/**
 * What a command is for, as its parser takes it.
 * @module
 */

import { type Message, message, text } from "@optique/core/message";
import { BRIEFS } from "./briefs.ts";

/** The line that stands beside the command in the list of all. */
export function briefOf(name: keyof typeof BRIEFS): Message {
  return message`${text(BRIEFS[name])}`;
}
