/** What docs/volumes.md and examples/volumes have for schedulers, with those themselves. */

import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { EXIT } from "../../cli/exit_codes.ts";
import { repositoryRoot } from "../lint/source_files.ts";
import { planFolder } from "../support/images/volume_trial.ts";
import { icecoreArgv } from "../support/programs/icecore_command.ts";
import { testWith } from "../support/programs/requirements.ts";
import { icecore } from "../support/programs/run_icecore.ts";
import { until, withSlurm } from "../support/servers/slurm.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const examples = `${repositoryRoot}/examples/volumes`;
const page = readFileSync(`${repositoryRoot}/docs/volumes.md`, "utf8");

/** A plan of three volumes, a folder for them, and `icecore` among the programs. */
async function prepare(folder: string): Promise<Record<string, string>> {
  mkdirSync(`${folder}/source`);
  for (let i = 0; i < 30; i++) {
    writeFileSync(`${folder}/source/${10 + i}`, new Uint8Array(90_000).fill(i));
  }
  mkdirSync(`${folder}/backup`);
  const plan = await planFolder(`${folder}/source`, `${folder}/archive.plan`, 1 << 20);
  assert.equal(plan.volumes.length, 3);
  mkdirSync(`${folder}/bin`);
  const words = icecoreArgv().map((word) => `'${word}'`).join(" ");
  writeFileSync(`${folder}/bin/icecore`, `#!/bin/sh\nexec ${words} "$@"\n`);
  chmodSync(`${folder}/bin/icecore`, 0o755);
  return { PATH: `${folder}/bin:${Deno.env.get("PATH")}`, HOME: folder };
}

async function bash(command: string, cwd: string, env: Record<string, string>) {
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-euc", command],
    cwd,
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

const imagesIn = (folder: string) =>
  readdirSync(folder).filter((name) => name.endsWith(".img")).sort();
const ALL = ["archive-0000.img", "archive-0001.img", "archive-0002.img"];

testWith({ programs: ["parallel"] }, "GNU parallel builds all, and again what failed", async () => {
  await inTemporaryFolder(async (folder) => {
    const env = await prepare(folder);
    const [line] = /^seq 0 11 \| parallel [^]*?--to \/backup$/m.exec(page)!;
    const here = line.replace("0 11", "0 2").replaceAll("/backup/archive.plan", "archive.plan")
      .replaceAll("/backup", `${folder}/backup`).replace("web1,web2", "2/:")
      .replace("--retries 3", "--retries 1");
    // Something of another's has the name of one.
    writeFileSync(`${folder}/backup/archive-0001.img`, "another's");
    const first = await bash(here, folder, env);
    assert.equal(first.code, 1, first.stderr);
    const log = () =>
      readFileSync(`${folder}/backup/build.log`, "utf8").trim().split("\n").slice(1)
        .map((row) => row.split("\t")[6]).sort();
    assert.deepEqual(log(), ["0", "0", "2"]);
    rmSync(`${folder}/backup/archive-0001.img`);
    const second = await bash(here, folder, env);
    assert.equal(second.code, 0, second.stderr);
    assert.deepEqual(imagesIn(`${folder}/backup`), ALL);
    assert.deepEqual(log(), ["0", "0", "0", "2"]);
  });
});

testWith(
  { programs: ["munged", "slurmctld", "slurmd", "sbatch"], root: true },
  "an array of Slurm's builds all, and the job behind it seals the set",
  async () => {
    await inTemporaryFolder(async (folder) => {
      const env = await prepare(folder);
      await withSlurm(`${folder}/slurm`, async (configuration) => {
        const [lines] = /^job=\$\(sbatch [^]*?--wrap .*$/m.exec(page)!;
        const here = lines.replace("0-11%4 slurm.sh", `0-2%2 ${examples}/slurm.sh`)
          .replaceAll("/backup", `${folder}/backup`).replace(
            "--wrap",
            "--output=sealed.log --wrap",
          );
        const sent = await bash(here, folder, { ...env, SLURM_CONF: configuration });
        assert.equal(sent.code, 0, sent.stderr);
        await until(() => existsSync(`${folder}/backup/archive.volumes`));
        assert.deepEqual(imagesIn(`${folder}/backup`), ALL);
        const logs = readdirSync(folder).filter((name) => /^volume-\d\.log$/.test(name));
        assert.equal(logs.length, 3);
        await until(() => readFileSync(`${folder}/sealed.log`, "utf8").includes("3 there already"));
      });
    });
  },
);

Deno.test("the Job of Kubernetes fits its schema, and its command builds the volume of its index", async () => {
  const { parse } = await import("yaml");
  const { Job } = await import("kubernetes-models/batch/v1/Job");
  const manifest = parse(readFileSync(`${examples}/job.yaml`, "utf8"));
  new Job(manifest).validate();
  assert.throws(() => {
    const spec = { ...manifest.spec, backoffLimitPerIndex: "three" };
    new Job({ ...manifest, spec }).validate();
  });
  const [, never] = manifest.spec.podFailurePolicy.rules;
  assert.deepEqual(never.onExitCodes.values, [EXIT.usage, EXIT.verificationFailed]);
  const [container] = manifest.spec.template.spec.containers;
  assert.equal(container.name, never.onExitCodes.containerName);
  await inTemporaryFolder(async (folder) => {
    await prepare(folder);
    const args = container.command.slice(1).map((word: string) =>
      word.replace("/plan/", `${folder}/`).replace(/^\/backup$/, `${folder}/backup`)
    );
    const built = await icecore(args, { env: { JOB_COMPLETION_INDEX: "2" } });
    assert.equal(built.code, 0, built.stderr);
    assert.deepEqual(imagesIn(`${folder}/backup`), ["archive-0002.img"]);
  });
});
