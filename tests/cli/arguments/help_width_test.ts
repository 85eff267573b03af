import assert from "node:assert/strict";
import { helpWidth } from "../../../cli/arguments/help_width.ts";
import { icecore } from "../../support/programs/run_icecore.ts";

const screen = (out?: number, err?: number, COLUMNS?: string) => ({
  stdout: { columns: out },
  stderr: { columns: err },
  env: { COLUMNS },
});

Deno.test("help is as wide as the terminal, also before a pager, else as COLUMNS, else 80", () => {
  const widths = [
    [screen(60, 90, "70"), 60],
    [screen(undefined, 90, "70"), 90],
    [screen(undefined, undefined, "70"), 70],
    [screen(), 80],
    [screen(0, 0, "wide"), 80],
    [screen(200), 100],
    [screen(10), 40],
  ] as const;
  for (const [given, expected] of widths) assert.equal(helpWidth(given), expected);
});

for (const command of ["build", "ls", "find", "export", "recipe"]) {
  Deno.test(`icecore ${command} --help fits a terminal of 80 columns`, async () => {
    for (const args of [[command, "--help"], ["help", command]]) {
      const { stdout } = await icecore(args, { env: { COLUMNS: "" } });
      const long = stdout.split("\n").filter((line) => line.length > 80);
      assert.deepEqual(long, []);
    }
  });
}

Deno.test("the help of build names the values that an option may have", async () => {
  const { stdout } = await icecore(["help", "build"]);
  const help = stdout.replace(/\s+/g, " ");
  assert.match(help, /--times mtime\|all Keep the modification time \(mtime, the default/);
  assert.match(help, /--block-size SIZE Bytes of a block: 1024, 2048, 4096, or auto, the default/);
  assert.match(
    help,
    /--hash ALGORITHM The digest's algorithm: sha512, sha384, .*Default: sha512\./,
  );
});
