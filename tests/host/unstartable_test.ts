import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { BUN, bun } from "../support/programs/bun.ts";
import { testWith } from "../support/programs/requirements.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const driver = fileURLToPath(new URL("./unstartable_driver.ts", import.meta.url));

const runtimes: readonly (readonly [name: string, argv: readonly string[]])[] = [
  ["Deno", [Deno.execPath(), "run", "--allow-all", "--no-check", driver]],
  ["Bun", bun(driver)],
];

/** Programs that the kernel does not run, and what their error says. */
const programs: readonly (readonly [what: string, text: string, length: number, says: RegExp])[] = [
  [
    "whose interpreter is not there",
    "#!/no/such\n",
    0,
    /no such file or directory\. It is there: /,
  ],
  // Deno gives such a file to the shell, as shells do, and the shell fails.
  ["that is none", "\x7fELF???", 0, /not a program for this machine\. It is|exit code 12[67]: /],
  [
    "that is given too much",
    "#!/bin/sh\n",
    200_000,
    /argument list too long\. Short/,
  ],
];

for (const [runtime, command] of runtimes) {
  for (const [what, text, length, says] of programs) {
    testWith(
      runtime === "Bun" ? BUN : {},
      `a program ${what} is a ToolError under ${runtime}, and ends nothing else`,
      () =>
        inTemporaryFolder((folder) => {
          const path = `${folder}/program`;
          writeFileSync(path, text);
          chmodSync(path, 0o755);
          const [program, ...args] = [...command, path, String(length)];
          const { status, stdout, stderr } = spawnSync(program!, args, { encoding: "utf8" });
          assert.equal(status, 0, stderr);
          const lines = stdout.trim().split("\n");
          assert.equal(lines.length, 2, stdout);
          for (const line of lines) {
            assert.match(line, /^(run|pipe): ToolError: cannot run .*program: /);
            assert.match(line, says);
          }
        }),
    );
  }
}
