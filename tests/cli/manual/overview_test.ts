import assert from "node:assert/strict";
import { loadCommands } from "../../../cli/load_commands.ts";
import { BRIEFS } from "../../../cli/manual/briefs.ts";
import { commandPages } from "../../../cli/manual/manual.ts";
import { overview } from "../../../cli/manual/overview.ts";
import { icecore } from "../../support/programs/run_icecore.ts";

Deno.test("--help lists each command with the line that its own help begins with", async () => {
  const commands = await loadCommands();
  assert.deepEqual(Object.keys(BRIEFS).sort(), Object.keys(commands).sort());
  const help = overview({ width: 100, color: false });
  for (const { name, brief } of commandPages(commands)) {
    if (name.includes(" ")) continue;
    assert.ok(help.includes(`\n  ${name.padEnd(12)}${brief}\n`), name);
  }
});

Deno.test("it is as wide as asked for, and bold where there is colour", () => {
  for (const width of [40, 60, 80, 100]) {
    const help = overview({ width, color: false });
    for (const line of help.split("\n")) {
      assert.ok(line.length <= width || line.startsWith("  icecore "), line);
    }
  }
  // deno-lint-ignore no-control-regex -- what a terminal takes for bold
  assert.match(overview({ width: 80, color: true }), /\x1b\[1mbuild\x1b\[0m {7}Build an image/);
});

Deno.test("--help, -h and help print it on stdout, no command at all on stderr", async () => {
  const env = { COLUMNS: "80" };
  const help = `${overview({ width: 80, color: false })}\n`;
  for (const args of [["--help"], ["-h"], ["help"], ["--help", "--no-color"]]) {
    const { code, stdout, stderr } = await icecore(args, { env });
    assert.deepEqual([code, stdout, stderr], [0, help, ""], args.join(" "));
  }
  const { code, stdout, stderr } = await icecore([], { env });
  assert.deepEqual([code, stdout, stderr], [2, "", help]);
});
