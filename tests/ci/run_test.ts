/**
 * `.ci/run` in a small folder of its own, with a stand-in for what installs packages: its last
 * line must be true to what ran.
 */

import assert from "node:assert/strict";
import process from "node:process";
import { repositoryRoot } from "../lint/source_files.ts";

const marker = "<!-- the test command: .ci/run runs it word for word -->";

interface Case {
  readonly name: string;
  /** What the README's test command does. */
  readonly command: string;
  readonly checks?: string;
  readonly readme?: string;
  readonly code: number;
  readonly lastLine: string;
}

const cases: readonly Case[] = [
  {
    name: "counts each check as one, and the tests of the summary",
    command: "echo 'ok | 12 passed (3 steps) | 0 failed | 2 ignored (4s)'",
    code: 0,
    lastLine: "15 passed, 0 failed, 2 skipped",
  },
  {
    name: "fails when a test failed",
    command: "echo 'FAILED | 12 passed | 1 failed (4s)'; exit 1",
    code: 1,
    lastLine: "15 passed, 1 failed, 0 skipped",
  },
  {
    name:
      "fails when a check failed, and runs the others and the tests all the same",
    checks: "true && false && true",
    command: "echo 'ok | 12 passed | 0 failed (4s)'",
    code: 1,
    lastLine: "14 passed, 1 failed, 0 skipped",
  },
  {
    name: "fails when the test command breaks off after its summary",
    command: "echo 'ok | 12 passed | 0 failed (4s)'; exit 3",
    code: 1,
    lastLine: "15 passed, 1 failed, 0 skipped",
  },
  {
    name: "fails when there is no summary",
    command: "echo hello",
    code: 1,
    lastLine: "3 passed, 1 failed, 0 skipped",
  },
  {
    name: "fails when every test was skipped",
    command: "echo 'ok | 0 passed | 0 failed | 9 ignored (4s)'",
    code: 1,
    lastLine: "3 passed, 1 failed, 9 skipped",
  },
  {
    name: "fails when the README has no test command",
    command: "",
    readme: "# icecore\n",
    code: 1,
    lastLine: "0 passed, 1 failed, 0 skipped",
  },
];

for (const { name, command, checks, readme, code, lastLine } of cases) {
  Deno.test(`.ci/run ${name}`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "icecore-ci-" });
    try {
      await Deno.mkdir(`${folder}/.ci`);
      await Deno.mkdir(`${folder}/bin`);
      await Deno.copyFile(`${repositoryRoot}/.ci/run`, `${folder}/.ci/run`);
      await Deno.writeTextFile(`${folder}/bin/dpkg`, "#!/bin/sh\n", {
        mode: 0o755,
      });
      const tasks = {
        ok: `${checks ?? "true && true && true"} && deno task test`,
      };
      await Deno.writeTextFile(
        `${folder}/deno.json`,
        JSON.stringify({ tasks }),
      );
      const block =
        `text\n\n${marker}\n\n\`\`\`sh\n${command}\n\`\`\`\n\nmore\n`;
      await Deno.writeTextFile(`${folder}/README.md`, readme ?? block);
      const output = await new Deno.Command("bash", {
        args: [`${folder}/.ci/run`],
        env: { PATH: `${folder}/bin:${process.env["PATH"]}` },
        stdin: "null",
      }).output();
      const text = new TextDecoder().decode(output.stdout);
      assert.equal(text.trimEnd().split("\n").at(-1), lastLine, text);
      assert.equal(output.code, code);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
