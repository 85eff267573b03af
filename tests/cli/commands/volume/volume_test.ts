import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { setTimeout } from "node:timers/promises";
import { icecoreArgv } from "../../../support/programs/icecore_command.ts";
import { icecore } from "../../../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../../../support/temporary_folder.ts";

/** A tree of four volumes of 1M: bytes that take a while to be packed are not needed. */
function fill(source: string): void {
  for (const name of ["a", "b", "c", "d"]) {
    mkdirSync(`${source}/${name}`, { recursive: true });
    for (let i = 0; i < 20; i++) {
      writeFileSync(`${source}/${name}/${i}`, new Uint8Array(40_000).fill(i));
    }
  }
  linkSync(`${source}/a/1`, `${source}/d/linked`);
}

Deno.test("a tree is planned, built by killed builds and by run, and verified", async () => {
  await inTemporaryFolder(async (folder) => {
    const run = (...args: string[]) => icecore(["volume", ...args], { cwd: folder });
    fill(`${folder}/source`);
    const dry = await run("plan", "source", "-o", "s.plan", "--size", "1M", "--dry-run");
    assert.equal(dry.code, 0, dry.stderr);
    assert.match(dry.stdout, /^4 volumes of 1M at most: .* in all, 80 files$/m);
    assert.match(dry.stdout, /^1 name kept together/m);
    assert.match(dry.stdout, /^s-0001 .* from source\/b up to source\/c$/m);
    assert.ok(!existsSync(`${folder}/s.plan`));
    const planned = await run("plan", "source", "-o", "s.plan", "--size", "1M");
    const { digest } = JSON.parse(readFileSync(`${folder}/s.plan`, "utf8").split("\n").at(-2)!);
    assert.deepEqual([planned.code, planned.stdout], [0, `${digest}  s.plan\n`]);

    mkdirSync(`${folder}/to`);
    for (let round = 0; round < 4; round++) {
      const [program, ...args] = icecoreArgv(["volume", "build", "s.plan", "--to", "to"]);
      const env = { ...Deno.env.toObject(), JOB_COMPLETION_INDEX: "1" };
      const child = spawn(program!, args, { cwd: folder, env, stdio: "ignore" });
      const ended = new Promise((resolve) => child.once("exit", resolve));
      await Promise.race([setTimeout(150 + 250 * round), ended]);
      child.kill("SIGKILL");
      await ended;
    }
    const ran = await run("run", "s.plan", "-j", "2", "--to", "to", "--json");
    assert.equal(ran.code, 0, ran.stderr);
    const events = ran.stdout.trim().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(events.filter(({ type }) => type === "volume-finished").length, 4);
    const last = events.at(-1);
    assert.deepEqual([last.type, last.failed, last.missing], ["volumes", [], []]);
    const expected = [0, 1, 2, 3].flatMap((index) =>
      ["", ".sha512", ".volume.json"].map((end) => `s-000${index}.img${end}`)
    );
    assert.deepEqual(readdirSync(`${folder}/to`).sort(), [...expected, "s.volumes"]);

    const verified = await run("verify", "to/s.volumes", "--contents", "-j", "2");
    assert.deepEqual(
      [verified.code, verified.stdout],
      [0, "s: 4 volumes, their contents are what was stored\n"],
    );
    // A byte of a file's contents: nothing but reading them shows it.
    const image = readFileSync(`${folder}/to/s-0002.img`);
    const at = image.indexOf(new Uint8Array(10_000).fill(7));
    image[at]! ^= 1;
    writeFileSync(`${folder}/to/s-0002.img`, image);
    assert.equal((await run("verify", "s.plan", "--to", "to")).code, 0);
    const damaged = await run("verify", "s.plan", "--to", "to", "--contents", "-j", "2");
    assert.equal(damaged.code, 4);
    assert.match(damaged.stdout, /^contents: s-0002\.img: .*source\/c\/7/m);
    assert.doesNotMatch(damaged.stdout, /s-000[013]/);
    rmSync(`${folder}/to/s-0003.img`);
    const missing = await run("verify", "to/s.volumes");
    assert.deepEqual([missing.code, missing.stdout], [4, "missing: s-0003.img does not exist\n"]);
  });
});

Deno.test("plans of several hosts become one; each builds its own volumes", async () => {
  await inTemporaryFolder(async (folder) => {
    const run = (...args: string[]) => icecore(["volume", ...args], { cwd: folder });
    for (const host of ["web1", "web2"]) {
      mkdirSync(`${folder}/${host}`);
      for (let i = 0; i < 4; i++) writeFileSync(`${folder}/${host}/${i}`, new Uint8Array(600_000));
      const label = ["--host-label", host];
      const one = await run("plan", host, "-o", `${host}.plan`, "--size", "1M", ...label, "-q");
      assert.equal(one.code, 0, one.stderr);
    }
    const merge = ["--merge", "web1.plan", "--merge", "web2.plan"];
    const merged = await run("plan", ...merge, "-o", "web.plan", "-q");
    assert.equal(merged.code, 0, merged.stderr);
    const same = await run("plan", "--merge", "web1.plan", "--merge", "web1.plan", "-o", "x.plan");
    assert.equal(same.code, 2);
    const label = ["--host-label", "web3"];
    await run("plan", "web2/.", "-o", "root.plan", "--size", "1M", ...label, "-q");
    const root = await run("plan", "--merge", "root.plan", "--merge", "web1.plan", "-o", "x.plan");
    assert.equal(root.code, 2);
    assert.match(root.stderr, /contents go to the root, where web1 of the other may be as well/);
    mkdirSync(`${folder}/to`);
    // Not the other host's sources are needed.
    rmSync(`${folder}/web2`, { recursive: true });
    const first = await run("run", "web.plan", "--to", "to", "--host-label", "web1", "-q");
    assert.deepEqual([first.code, first.stdout], [0, ""]);
    assert.match(first.stderr, /not complete; not built yet: web-0004 of web2/);
    const unknown = await run("run", "web.plan", "--to", "to", "--host-label", "web9");
    assert.deepEqual([unknown.code, unknown.stdout], [2, ""]);
    assert.match(unknown.stderr, /the plan web has none\. Its labels are web1, web2/);
    const second = await run("build", "web.plan", "--to", "to", "--index", "4");
    assert.equal(second.code, 1);
    assert.match(second.stderr, /cannot read .*web2/);
    const wrong = await run("verify", "web.plan", "--to", "to");
    assert.equal(wrong.code, 4);
    assert.match(wrong.stdout, /^missing: web-0004.img was not built$/m);
  });
});

Deno.test("exit codes say whether to try again", async () => {
  await inTemporaryFolder(async (folder) => {
    const run = (...args: string[]) => icecore(["volume", ...args], { cwd: folder });
    mkdirSync(`${folder}/source`);
    writeFileSync(`${folder}/source/file`, "contents");
    writeFileSync(`${folder}/source/gone`, "contents");
    assert.equal((await run("plan", "source", "-o", "s.plan")).code, 2, "no size");
    assert.equal((await run("plan", "source", "-o", "s.plan", "--size", "1M")).code, 0);
    rmSync(`${folder}/source/gone`);
    const lossy = await run("build", "s.plan", "--index", "0");
    assert.equal(lossy.code, 3);
    assert.match(lossy.stderr, /vanished: source\/gone: it was there when the plan was made/);
    const again = await run("build", "s.plan", "--index", "0", "--accept-losses");
    assert.equal(again.code, 0);
    assert.match(again.stderr, /there already/);
    assert.equal((await run("build", "s.plan")).code, 2, "no index");
    assert.equal((await run("build", "s.plan", "--index", "1")).code, 2, "no such volume");
    writeFileSync(`${folder}/s-0000.img`, "damaged");
    assert.equal((await run("build", "s.plan", "--index", "0")).code, 4, "not what was built");
    const forced = ["build", "s.plan", "--index", "0", "--force", "--accept-losses"];
    assert.equal((await run(...forced)).code, 0);
    rmSync(`${folder}/source`, { recursive: true });
    assert.equal((await run("build", "s.plan", "--index", "0", "--force")).code, 1, "no source");
  });
});

Deno.test("run that is interrupted ends its builds, leaves nothing of them, and is continued", async () => {
  await inTemporaryFolder(async (folder) => {
    const run = (...args: string[]) => icecore(["volume", ...args], { cwd: folder });
    mkdirSync(`${folder}/source`);
    for (const name of ["a", "b", "c"]) {
      writeFileSync(`${folder}/source/${name}`, new Uint8Array(60 << 20).fill(1));
    }
    mkdirSync(`${folder}/to`);
    assert.equal((await run("plan", "source", "-o", "s.plan", "--size", "80M", "-q")).code, 0);
    const [program, ...args] = icecoreArgv(["volume", "run", "s.plan", "--to", "to", "-j", "2"]);
    const stdio = { stdin: "null", stdout: "null", stderr: "null" } as const;
    const child = new Deno.Command(program!, { args, cwd: folder, ...stdio }).spawn();
    const left = () => readdirSync(`${folder}/to`).filter((name) => name.endsWith(".img.partial"));
    while (left().length === 0) await setTimeout(5);
    child.kill("SIGTERM");
    assert.equal((await child.status).code, 130);
    const others = readdirSync(`${folder}/to`).filter((name) => !/^s-\d+\.img/.test(name));
    assert.deepEqual([left(), others], [[], []]);
    const again = await run("run", "s.plan", "--to", "to", "-j", "2", "-q");
    assert.deepEqual([again.code, again.stdout.endsWith("to/s.volumes\n")], [0, true]);
  });
});
