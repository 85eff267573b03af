import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { findProgram, installHint, searchFolders } from "../../../host/programs/find_program.ts";
import { runProgram } from "../../../host/programs/run_program.ts";
import { ToolError } from "../../../host/programs/tool_error.ts";
import { appearance } from "../../support/programs/appearance.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

Deno.test("administrators' folders are looked at behind those of PATH", () => {
  assert.deepEqual(searchFolders("/usr/local/bin:/usr/bin:/bin:/opt/x:/usr/bin"), [
    "/usr/local/bin",
    "/usr/bin",
    "/bin",
    "/opt/x",
    "/usr/local/sbin",
    "/usr/sbin",
    "/sbin",
  ]);
  assert.deepEqual(searchFolders(""), []);
});

Deno.test("only executable files are programs", () =>
  inTemporaryFolder((folder) => {
    writeFileSync(`${folder}/plain`, "");
    writeFileSync(`${folder}/program`, "");
    chmodSync(`${folder}/program`, 0o755);
    mkdirSync(`${folder}/folder`);
    assert.equal(findProgram("plain", [folder]), undefined);
    assert.equal(findProgram("folder", [folder]), undefined);
    assert.equal(findProgram("program", [folder]), `${folder}/program`);
    assert.equal(findProgram(`${folder}/program`, []), `${folder}/program`);
  }));

Deno.test("what is missing is installed with one line, each package once", () => {
  assert.equal(
    installHint(["mkfs.ext4", "e2fsck", "mount"]),
    "Install them with: apt-get install e2fsprogs mount",
  );
  assert.equal(installHint(["sync"]), "Install it with: apt-get install coreutils");
});

Deno.test("a program's words and exit code come back, and it speaks English", async () => {
  const argv = ["sh", "-c", 'echo "$LC_ALL"; echo "$X" >&2; exit 3'];
  const result = await runProgram(argv, { success: (code) => code === 3, env: { X: "y" } });
  assert.deepEqual(result, { exitCode: 3, stdout: "C\n", stderr: "y\n" });
});

Deno.test("a program that fails is reported with the last of its words", async () => {
  const argv = [
    "sh",
    "-c",
    "i=0; while test $i -lt 3000; do echo line $i >&2; i=$((i+1)); done; exit 7",
  ];
  await assert.rejects(runProgram(argv), (error) => {
    assert.ok(error instanceof ToolError);
    assert.equal(error.code, "tool-failed");
    assert.equal(error.exitCode, 7);
    assert.deepEqual(error.argv, argv);
    assert.ok(error.stderrTail.length <= 4097);
    assert.match(
      error.message,
      /^cannot run sh: it ended with exit code 7: ….*line 2999\.$/s,
    );
    return true;
  });
});

Deno.test("the last 4 KiB of a program's words are bytes, and no character is cut through", () => {
  const { stderrTail } = new ToolError(["x"], 1, `${"ä".repeat(5000)}!`);
  assert.equal(stderrTail, `…${"ä".repeat(2047)}!`);
});

Deno.test("a program that is not there is reported with the line that installs it", async () => {
  await assert.rejects(runProgram(["no-such-program"]), {
    name: "ToolError",
    exitCode: -1,
    message: /not found in PATH\. Install it with: apt-get install no-such-program/,
  });
});

Deno.test("an abort ends a program and all that it has started", () =>
  inTemporaryFolder(async (folder) => {
    const interruption = new AbortController();
    const script = 'sleep 60 & echo $! > "$0.new"; mv "$0.new" "$0"; wait';
    const running = runProgram(["sh", "-c", script, `${folder}/child`], {
      signal: interruption.signal,
    });
    await appearance(`${folder}/child`);
    interruption.abort();
    await assert.rejects(running, { name: "ToolError" });
    const child = readFileSync(`${folder}/child`, "utf8").trim();
    assert.ok(!isRunning(child), "the sleep has ended, too");
  }));

/** Whether a process is there and has not ended; one that nobody has waited for yet has. */
function isRunning(id: string): boolean {
  return existsSync(`/proc/${id}/status`) &&
    !/^State:\s+Z/m.test(readFileSync(`/proc/${id}/status`, "utf8"));
}
