/**
 * The front door stays small: what the three entries export, types included.
 */

import assert from "node:assert/strict";
import { repositoryRoot } from "../lint/source_files.ts";

/** More names than this are more than a reader takes in; see docs/decisions/front_door.md. */
const MOST_NAMES = 75;

/** Too general to stand in an import without a word in front. */
const TOO_GENERAL = /^(Event|Message|Output|Part|Time|Failed|Options|Result|Error|extract|diff)$/;

interface Documented {
  readonly nodes: Readonly<Record<string, { readonly symbols?: readonly { name: string }[] }>>;
}

async function namesOf(entry: string): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", entry],
    cwd: repositoryRoot,
    stderr: "null",
  }).output();
  const { nodes }: Documented = JSON.parse(new TextDecoder().decode(stdout));
  return Object.values(nodes).flatMap(({ symbols = [] }) => symbols.map(({ name }) => name));
}

Deno.test("the three entries export few names, and none that is too general", async () => {
  const entries = await Promise.all(["mod.ts", "read.ts", "plugin.ts"].map(namesOf));
  for (const names of entries) assert.ok(names.length > 0);
  const all = [...new Set(entries.flat())].sort();
  assert.ok(all.length <= MOST_NAMES, `${all.length}: ${all.join(" ")}`);
  assert.deepEqual(all.filter((name) => TOO_GENERAL.test(name)), []);
});
