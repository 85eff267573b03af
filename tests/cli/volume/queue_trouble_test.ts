/**
 * What a queue does with a target that is full, and a source that changes meanwhile.
 */

import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setInterval } from "node:timers";
import { withDisk } from "../../support/mounts/mounted_disk.ts";
import { output } from "../../support/programs/oracles.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { icecore, icecoreOutput } from "../../support/programs/run_icecore.ts";
import { REDIS, startRedis } from "../../support/servers/redis.ts";
import { readEntry } from "../../../volumes/set/entry.ts";
import { withPlan } from "./planned_queue.ts";

testWith(
  { ...REDIS, root: true, programs: [...REDIS.programs, "mount"] },
  "a target that is full: the volume without room is named; with room, only that one is built",
  () =>
    withPlan(async (folder, data) => {
      await using redis = await startRedis(data);
      const run = (...args: string[]) =>
        icecore(["volume", ...args, "--redis", redis.url], { cwd: folder });
      const submit = async () =>
        (await run("submit", "p.plan", "--to", "out", "--attempts", "2", "--retry-after", "0"))
          .stdout;
      const out = join(folder, "out");
      await withDisk(out, "size=1300k", async () => {
        assert.equal(await submit(), "submitted 2 volumes\n");
        const failed = await run("work", "--until-empty");
        assert.equal(failed.code, 1);
        assert.match(failed.stdout, /^built p-000\d\n$/);
        const [full, there] = /p-0000/.test(failed.stdout)
          ? ["p-0001", "p-0000"]
          : ["p-0000", "p-0001"];
        assert.match(failed.stderr, new RegExp(`${full} failed; it is tried again: .*(full|room)`));
        assert.match(
          failed.stderr,
          new RegExp(`1 volume of 2 missing \\(${full}\\): .*(full|room)`),
        );
        const left = readdirSync(out).sort();
        assert.deepEqual(left, ["", ".sha512", ".volume.json"].map((end) => `${there}.img${end}`));
        const status = await run("status", "p.plan");
        assert.equal(status.code, 1);
        assert.match(status.stdout, new RegExp(`^${full}: failed: .*(full|room)`, "m"));
        assert.match(status.stdout, /^1 of 2 done, 0 being built, 0 waiting, 1 failed$/m);

        output("mount", ["-o", "remount,size=8m", out]);
        const { ino } = statSync(join(out, `${there}.img`));
        assert.equal(await submit(), "submitted 1 volume; 1 volume built already\n");
        const { stdout } = await run("work", "--until-empty");
        assert.equal(stdout, `built ${full}\nfinished p: 2 volumes, catalogue p.catalogue\n`);
        assert.equal(statSync(join(out, `${there}.img`)).ino, ino);
        assert.match((await run("status", "p.plan")).stdout, /the set is complete/);
        await icecoreOutput(["volume", "verify", "out/p.volumes", "-q"], folder);
      });
    }),
);

testWith(
  REDIS,
  "a source that changes while volumes are built: each planned name is stored, or named as gone",
  () =>
    withPlan(async (folder, data) => {
      const names = Array.from({ length: 180 }, (_, i) => `f${String(i).padStart(3, "0")}`);
      for (const [i, name] of names.entries()) {
        const at = join(folder, "src", i % 2 === 0 ? "a" : "b");
        mkdirSync(at, { recursive: true });
        writeFileSync(join(at, name), name);
      }
      const planned = names.map((name, i) => `${i % 2 === 0 ? "a" : "b"}/${name}`);
      await icecoreOutput(
        ["volume", "plan", "src/.", "-o", "p.plan", "--size", "1500K", "-q", "--force"],
        folder,
      );
      await using redis = await startRedis(data);
      const run = (...args: string[]) =>
        icecore(["volume", ...args, "--redis", redis.url], { cwd: folder });
      await run("submit", "p.plan", "--to", "out");
      // One of three goes, at once or in the course of it; others take their places.
      let next = 0;
      const change = () => {
        if (next >= planned.length) return;
        rmSync(join(folder, "src", planned[next]!));
        writeFileSync(join(folder, "src", `${planned[next]}-new`), "new");
        next += 3;
      };
      for (let i = 0; i < 10; i++) change();
      const timer = setInterval(change, 20);
      const worked = await run("work", "--until-empty");
      clearInterval(timer);
      assert.equal(worked.code, 0, worked.stderr);
      assert.match(worked.stdout, /^finished p: 2 volumes, .*, with losses: p-000/m);

      const gone = new Set<string>();
      for (const name of ["p-0000", "p-0001"]) {
        const { problems, countProblems, state } = readEntry(join(folder, "out"), { name })!;
        assert.equal(problems.length, countProblems);
        assert.equal(state, problems.length > 0 ? "lossy" : "complete");
        for (const { path } of problems) gone.add(path.replace(/^.*src\//, ""));
      }
      const listed = await icecoreOutput(
        ["volume", "find", "out/p.catalogue", "--type", "f"],
        folder,
      );
      const stored = new Set(listed.trim().split("\n"));
      assert.deepEqual(planned.filter((path) => !stored.has(path) && !gone.has(path)), []);
      assert.ok(planned.slice(0, 28).every((path, i) => i % 3 !== 0 || gone.has(path)));
      // What was never touched is there, with its contents.
      const still = planned.filter((_, i) => i % 3 !== 0);
      await icecore(["volume", "extract", "out/p.catalogue", "-o", "back", "-q"], { cwd: folder });
      for (const path of still) {
        assert.equal(readFileSync(join(folder, "back", path), "utf8"), path.slice(2));
      }
      await icecoreOutput(["volume", "verify", "out/p.volumes", "-q", "--contents"], folder);
      assert.match((await run("submit", "p.plan", "--to", "out")).stdout, /it is done/);
    }),
);
