import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { icecoreArgv } from "../../support/programs/icecore_command.ts";
import { icecoreOutput } from "../../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const UUID = ["--uuid", "7ea10000-0000-4000-8000-000000000001"];

Deno.test("more threads than files may be open are not begun, and the image is the same", () =>
  inTemporaryFolder(async (place) => {
    const source = join(place, "docs");
    for (let i = 0; i < 60; i++) {
      mkdirSync(join(source, `${i}/deep`), { recursive: true });
      writeFileSync(join(source, `${i}/deep/a`), "a".repeat(i * 1000));
    }
    const build = (image: string, count: number) => [
      ...["build", source, "-o", join(place, image), "--quiet"],
      ...["--read-ahead", `${count}`, ...UUID],
    ];
    await icecoreOutput(build("one.img", 0));
    const command = icecoreArgv(build("many.img", 64));
    const { code, stderr } = await new Deno.Command("bash", {
      args: ["-c", 'ulimit -n 128; exec "$@"', "bash", ...command],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    const [one, many] = ["one.img", "many.img"].map((name) => readFileSync(join(place, name)));
    assert.ok(one!.equals(many!));
  }));
