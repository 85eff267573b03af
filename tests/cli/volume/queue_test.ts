/**
 * `icecore volume submit`, `work` and `status`, with a Redis of the tests' own.
 */

import assert from "node:assert/strict";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { Redis } from "ioredis";
import { repositoryRoot } from "../../lint/source_files.ts";
import { BUN, bun } from "../../support/programs/bun.ts";
import { icecoreArgv } from "../../support/programs/icecore_command.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { icecore } from "../../support/programs/run_icecore.ts";
import { makeCertificates, OPENSSL } from "../../support/servers/certificates.ts";
import { REDIS, startRedis } from "../../support/servers/redis.ts";
import { withPlan } from "./planned_queue.ts";

testWith(
  REDIS,
  "a volume that fails is named, and built when the plan is submitted again",
  () =>
    withPlan(async (folder, data) => {
      await using redis = await startRedis(data);
      const run = (...args: string[]) =>
        icecore(["volume", ...args, "--redis", redis.url], { cwd: folder });
      const submit = async () => (await run("submit", "p.plan", "--to", "out")).stdout;
      writeFileSync(join(folder, "out/p-0001.img"), "somebody else's");
      assert.equal(await submit(), "submitted 2 volumes\n");
      assert.equal(await submit(), "nothing submitted: it is being worked on\n");
      const failed = await run("work", "--until-empty");
      assert.equal(failed.code, 1);
      assert.equal(failed.stdout, "built p-0000\n");
      assert.match(failed.stderr, /p-0001 failed: /);
      assert.match(
        failed.stderr,
        /p failed: 1 volume of 2 missing \(p-0001\): .*Submit the plan again/,
      );
      const status = await run("status", "p.plan");
      assert.equal(status.code, 1);
      assert.match(
        status.stdout,
        /^p-0001: failed: .*\n1 of 2 done, 0 being built, 0 waiting, 1 failed$/m,
      );
      rmSync(join(folder, "out/p-0001.img"));
      const { mtimeMs } = statSync(join(folder, "out/p-0000.img"));
      assert.equal(await submit(), "submitted 1 volume; 1 volume built already\n");
      const { stdout } = await run("work", "--until-empty");
      assert.equal(stdout, "built p-0001\nfinished p: 2 volumes, catalogue p.catalogue\n");
      assert.equal(statSync(join(folder, "out/p-0000.img")).mtimeMs, mtimeMs);
      assert.equal(await submit(), "nothing submitted: it is done\n");
      const lines = (await run("status", "p.plan", "--json")).stdout.trim()
        .split("\n");
      const states = lines.map((line) => JSON.parse(line)).map((
        { type, state },
      ) => `${type} ${state}`);
      assert.deepEqual(states, ["volume-status done", "volume-status done", "set-status done"]);

      // A volume that is gone is found out by whoever finishes the set anew, and built.
      rmSync(join(folder, "out/p-0000.img"));
      rmSync(join(folder, "out/p-0000.img.volume.json"));
      rmSync(join(folder, "out/p-0000.img.sha512"));
      await run("submit", "p.plan", "--to", "out", "--again");
      assert.equal((await run("work", "--until-empty")).code, 0);
      assert.equal(statSync(join(folder, "out/p-0000.img")).isFile(), true);
      const other = await run("status");
      assert.equal(
        other.stdout,
        "volumes: 0 waiting, 0 being built, 3 done, 0 failed; 0 workers\n",
      );
    }),
);

testWith(
  REDIS,
  "a Redis that is not there is said so, and one that goes keeps no worker",
  () =>
    withPlan(async (folder, data) => {
      const none = await icecore([
        "volume",
        "work",
        "--redis",
        "redis://127.0.0.1:1",
      ], { cwd: folder });
      assert.equal(none.code, 1);
      assert.match(none.stderr, /cannot reach Redis at redis:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/);
      const nowhere = await icecore(["volume", "status"], { cwd: folder });
      assert.equal(nowhere.code, 2);
      assert.match(nowhere.stderr, /nothing says where Redis is.*\(--redis\)/);
      await using redis = await startRedis(data);
      const [program, ...argv] = icecoreArgv(["volume", "work", "--redis", redis.url, "-v"]);
      const worker = new Deno.Command(program!, {
        args: argv,
        cwd: folder,
        stdin: "null",
        stdout: "null",
        stderr: "piped",
      }).spawn();
      let said = "";
      const waiting: { what: RegExp; resolve: () => void }[] = [];
      const hasSaid = (what: RegExp) =>
        new Promise<void>((resolve) => void waiting.push({ what, resolve }));
      const reading = (async () => {
        for await (const text of worker.stderr.pipeThrough(new TextDecoderStream())) {
          said += text;
          for (const { what, resolve } of waiting) {
            if (what.test(said)) resolve();
          }
        }
      })();
      const isWorking = hasSaid(/building p-0000/);
      await icecore([
        "volume",
        "submit",
        "p.plan",
        "--to",
        "out",
        "--redis",
        redis.url,
      ], { cwd: folder });
      await isWorking;
      const isLost = hasSaid(/the connection to Redis is lost/);
      await redis.kill();
      await isLost;
      worker.kill("SIGTERM");
      assert.equal((await worker.status).code, 130, said);
      await reading;
      // What it had begun is done by the next one, when Redis is there again.
      await redis.start(true);
      const next = await icecore(
        ["volume", "work", "--redis", redis.url, "--until-empty", "--lost-after", "2"],
        { cwd: folder },
      );
      assert.match(next.stdout, /^finished p: 2 volumes/m, next.stderr);
    }),
);

testWith(
  { programs: [...REDIS.programs, ...OPENSSL.programs] },
  "password and TLS: nothing secret is in jobs, messages or arguments",
  () =>
    withPlan(async (folder, data) => {
      const made = makeCertificates(folder);
      const [certPath, keyPath] = [join(folder, "cert.pem"), join(folder, "key.pem")];
      writeFileSync(certPath, made.good.cert);
      writeFileSync(keyPath, made.good.key);
      const password = "frozen-secret";
      await using redis = await startRedis(data, {
        password,
        certificates: { ...made, certPath, keyPath },
      });
      writeFileSync(join(folder, "password"), `${password}\n`);
      const trust = {
        NODE_EXTRA_CA_CERTS: made.authority,
        DENO_CERT: made.authority,
      };
      const run = (env: Readonly<Record<string, string>>, ...args: string[]) =>
        icecore(["volume", ...args, "--redis", redis.url], {
          cwd: folder,
          env,
        });
      const secret = { ...trust, ICECORE_REDIS_PASSWORD_FILE: "password" };
      const strange = await run({ ICECORE_REDIS_PASSWORD: password }, "status");
      assert.match(strange.stderr, /cannot reach Redis at rediss:.*certificate/i);
      const wrong = await run({ ...trust, ICECORE_REDIS_PASSWORD: "guessed" }, "status");
      assert.match(wrong.stderr, /it wants another password \(WRONGPASS\)/);
      const said = [strange, wrong];
      said.push(await run(secret, "submit", "p.plan", "--to", "out"));
      said.push(await run(secret, "work", "--until-empty", "-v"));
      assert.equal(said[3]!.code, 0, said[3]!.stderr);
      for (const { stdout, stderr } of said) {
        assert.ok(!(stdout + stderr).includes(password));
      }
      const stored = readFileSync(join(data, "appendonlydir/appendonly.aof.1.incr.aof"));
      assert.ok(stored.includes("p-0000") && !stored.includes(password));
    }),
);

testWith(
  { programs: [...REDIS.programs, ...(BUN.programs ?? [])] },
  "a queue is submitted and worked on under Bun, and asked by whatever runs the tests",
  () =>
    withPlan(async (folder, data) => {
      await using redis = await startRedis(data);
      const main = join(repositoryRoot, "main.ts");
      const run = async (...args: string[]) => {
        const [program, ...argv] = bun(
          main,
          "volume",
          ...args,
          "--redis",
          redis.url,
        );
        const child = new Deno.Command(program, {
          args: argv,
          cwd: folder,
          env: process.env as Record<string, string>,
        });
        const { code, stdout, stderr } = await child.output();
        assert.equal(code, 0, new TextDecoder().decode(stderr));
        return new TextDecoder().decode(stdout);
      };
      await run("submit", "p.plan", "--to", "out");
      assert.match(await run("work", "--until-empty"), /^finished p: 2 volumes/m);
      const status = await icecore([
        "volume",
        "status",
        "p.plan",
        "--redis",
        redis.url,
      ], { cwd: folder });
      assert.match(status.stdout, /the set is complete/);
      const client = new Redis(redis.url);
      const keys = await client.keys("*");
      client.disconnect();
      assert.ok(keys.length > 0 && keys.every((key) => key.startsWith("icecore:")));
    }),
);
