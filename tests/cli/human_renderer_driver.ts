/**
 * Shows a build's events, given as JSON, to a person, on a terminal (1) or not (0).
 * @module
 */

import process from "node:process";
import { humanRenderer } from "../../cli/rendering/human_renderer.ts";
import type { BuildEvent } from "../../mod.ts";

const [isTerminal, events] = process.argv.slice(2);
Object.defineProperty(process.stderr, "isTTY", { value: isTerminal === "1" });
const renderer = humanRenderer({ noColor: true });
for (const event of JSON.parse(events!) as BuildEvent[]) {
  // Progress is drawn some times a second only.
  if (event.type === "progress") {
    await new Promise((done) => setTimeout(done, 150));
  }
  renderer.emit(event);
}
