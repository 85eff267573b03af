import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { enableArgv, installUnits } from "../../../cli/scheduling/install_units.ts";
import { cronLine, type ScheduledJob, systemdUnits } from "../../../cli/scheduling/units.ts";
import { verificationOf } from "../../../cli/scheduling/verification.ts";
import { scheduledJob } from "../../../cli/settings/scheduled_job.ts";
import { output } from "../../support/programs/oracles.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { icecore, icecoreOutput } from "../../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const job: ScheduledJob = {
  name: "srv",
  argv: ["/usr/bin/icecore", "run", "srv", "-q", "-q"],
  when: "02:00",
  writes: ["/backup"],
  hasNetwork: false,
  mounts: false,
  usesTmp: false,
};
const serviceOf = (changes: Partial<ScheduledJob>) =>
  systemdUnits({ ...job, ...changes })["icecore-srv.service"]!;

Deno.test("a job gets the rights that it needs, and no others", () => {
  const plain = serviceOf({});
  for (
    const line of [
      "ExecStart=/usr/bin/icecore run srv -q -q",
      "RequiresMountsFor=/backup",
      "ReadWritePaths=/backup",
      "PrivateNetwork=yes",
      "CapabilityBoundingSet=CAP_DAC_READ_SEARCH CAP_FOWNER",
      "SystemCallFilter=@system-service",
    ]
  ) assert.ok(plain.split("\n").includes(line), line);
  const network = serviceOf({ hasNetwork: true });
  assert.match(network, /^RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK$/m);
  assert.ok(!network.includes("PrivateNetwork"));
  const mounting = serviceOf({ mounts: true });
  assert.match(mounting, /CAP_SYS_ADMIN$/m);
  assert.match(mounting, /^SystemCallFilter=@system-service @mount$/m);
  assert.ok(!/PrivateTmp|PrivateDevices|RestrictNamespaces/.test(mounting));
});

Deno.test("a folder is verified every month, with rights to it and to its metrics alone", () => {
  const command = ["/usr/bin/icecore"];
  const monthly = verificationOf("/mnt/backup", {
    command,
    sample: "10%",
    metrics: "/var/lib/prometheus/icecore.prom",
  });
  const units = systemdUnits(monthly);
  const service = units["icecore-verify-mnt-backup.service"]!.split("\n");
  const timer = units["icecore-verify-mnt-backup.timer"]!.split("\n");
  for (
    const line of [
      "Description=icecore: verify the images in /mnt/backup",
      "ExecStart=/usr/bin/icecore verify --all /mnt/backup --sample 10%% --metrics " +
      "/var/lib/prometheus/icecore.prom -q -q",
      "ReadWritePaths=/mnt/backup",
      "ReadWritePaths=/var/lib/prometheus",
      "PrivateNetwork=yes",
    ]
  ) assert.ok(service.includes(line), line);
  assert.ok(timer.includes("OnCalendar=*-*-01 05:00:00"));
  const plain = verificationOf("/b", { command, sample: undefined, metrics: undefined });
  assert.equal(
    cronLine(plain),
    "0 5 1 * * root nice -n 19 ionice -c 3 /usr/bin/icecore verify --all /b -q -q",
  );
});

Deno.test("icecore schedule takes a job or a folder to verify, and one of them", () =>
  inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/backup`);
    const schedule = (...args: string[]) => icecore(["schedule", ...args], { cwd: folder });
    const good = await schedule("--verify", "backup");
    assert.equal(good.code, 0, good.stderr);
    assert.match(good.stdout, /^OnCalendar=\*-\*-01 05:00:00$/m);
    assert.match(good.stdout, /^0 5 1 \* \* root nice .* verify --all \S+\/backup -q -q$/m);
    for (
      const [args, said] of [
        [[], /neither a job nor a folder is named/],
        [["srv", "--verify", "backup"], /Leave one of them out/],
        [["srv", "--sample", "5%"], /they are about verifying/],
        [["--verify", "backup", "--sample", "much"], /is not a size above zero/],
      ] as const
    ) {
      const { code, stderr } = await schedule(...args);
      assert.equal(code, 2, stderr);
      assert.match(stderr, said);
    }
    assert.equal((await schedule("--verify", "gone")).code, 1);
  }));

Deno.test("names and paths of any kind stay what they are in units and for cron", () => {
  const argv = ["/opt/ice core/icecore", "run", "50%", "$HOME"];
  const odd = { ...job, name: "50% of it", argv, writes: ['/b "c"'] };
  const units = systemdUnits(odd);
  assert.deepEqual(Object.keys(units), ["icecore-50__of_it.service", "icecore-50__of_it.timer"]);
  const service = units["icecore-50__of_it.service"]!;
  assert.match(service, /^ExecStart="\/opt\/ice core\/icecore" run 50%% \$\$HOME$/m);
  assert.match(service, /^ReadWritePaths="\/b \\"c\\""$/m);
  assert.equal(
    cronLine(odd),
    "0 2 * * * root nice -n 19 ionice -c 3 '/opt/ice core/icecore' run 50\\% '$HOME'",
  );
});

Deno.test("a line in a name begins no line of a unit, nor of cron's", () => {
  const odd = { ...job, name: "a\nUser=x", argv: ["/icecore", "run", "a\nUser=x"] };
  for (const text of Object.values(systemdUnits(odd))) assert.ok(!/^User=/m.test(text), text);
  assert.equal(cronLine(odd), undefined);
});

Deno.test("a job that reads or writes temporary folders sees the real ones", () => {
  const lines = (usesTmp: boolean) => serviceOf({ usesTmp }).split("\n");
  assert.ok(lines(false).includes("PrivateTmp=yes"));
  assert.ok(!lines(true).includes("PrivateTmp=yes"));
  for (const line of ["ReadWritePaths=/var/tmp", "Environment=TMPDIR=/var/tmp"]) {
    assert.ok(lines(true).includes(line), line);
  }
  const usesTmp = (source: string, to = "/b") =>
    scheduledJob(
      { name: "x", job: { sources: [source], to }, origins: new Map() },
      [],
    ).usesTmp;
  assert.deepEqual(
    ["/", "/var", "/var/.", "/tmp/x", "/var/tmp", "/srv", "/var/tmpx"].map((path) => usesTmp(path)),
    [true, true, true, true, true, false, false],
  );
  assert.equal(usesTmp("/srv", "/tmp/b"), true);
});

Deno.test("a unit of another job, or by another hand, is not replaced", () =>
  inTemporaryFolder(async (root) => {
    const units = (name: string, config?: string) =>
      systemdUnits({ ...job, name, ...config !== undefined && { config } });
    const folder = `${root}/etc/systemd/system`;
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(units("a b"))) {
      writeFileSync(`${folder}/${name}`, text);
    }
    const isRefused = (units: Readonly<Record<string, string>>) =>
      assert.rejects(installUnits(units, "none.timer", root), { code: "unit-exists" });
    await isRefused(units("a_b"));
    await isRefused(units("a b", "/other.toml"));
    writeFileSync(`${folder}/icecore-srv.timer`, "[Timer]\n");
    await isRefused(units("srv"));
    assert.deepEqual(
      readdirSync(folder).sort(),
      ["icecore-a_b.service", "icecore-a_b.timer", "icecore-srv.timer"],
    );
  }));

Deno.test("times are systemd's own; cron gets those that it has words for", () => {
  const timerOf = (when: string) => systemdUnits({ ...job, when })["icecore-srv.timer"]!;
  assert.match(timerOf("2:05"), /^OnCalendar=\*-\*-\* 02:05:00$/m);
  assert.match(timerOf("Mon *-*-* 03:00"), /^OnCalendar=Mon \*-\*-\* 03:00$/m);
  const cronOf = (when: string) => cronLine({ ...job, when })?.split(" root")[0];
  assert.deepEqual(["2:05", "*-*-* 23:59:00", "weekly", "Mon *-*-* 03:00"].map(cronOf), [
    "5 2 * * *",
    "59 23 * * *",
    "0 0 * * 1",
    undefined,
  ]);
});

Deno.test("systemd is reloaded and the timer started; of a system that does not run, only enabled", () => {
  assert.deepEqual(enableArgv("a.timer", "/"), [
    ["systemctl", "daemon-reload"],
    ["systemctl", "enable", "--now", "a.timer"],
  ]);
  assert.deepEqual(enableArgv("a.timer", "/mnt"), [[
    "systemctl",
    "--root=/mnt",
    "enable",
    "a.timer",
  ]]);
});

testWith(
  { programs: ["systemd-analyze", "systemctl"], root: true },
  "installed units are what systemd accepts, enabled, and hardly exposed",
  () =>
    inTemporaryFolder(async (folder) => {
      mkdirSync(`${folder}/b`);
      const plain = '[job.srv]\nsources = ["/srv"]\nto = "b"\n';
      const snapshot = '[job.all]\nsources = ["/srv"]\nto = "b"\nsnapshot = "auto"\n' +
        'schedule = "Sun *-*-* 03:00"\nuse = [{ step = "s3" }]\n';
      writeFileSync(`${folder}/icecore.toml`, plain + snapshot, { mode: 0o600 });
      for (const name of ["srv", "all"]) {
        const args = ["schedule", name, "--config", "icecore.toml", "--install", "--root", "."];
        await icecoreOutput(args, folder);
        const units = `${folder}/etc/systemd/system`;
        const paths = [`${units}/icecore-${name}.service`, `${units}/icecore-${name}.timer`];
        assert.equal(output("systemd-analyze", ["verify", ...paths]), "");
        const link = readlinkSync(`${units}/timers.target.wants/icecore-${name}.timer`);
        assert.match(link, new RegExp(`icecore-${name}\\.timer$`));
        // In tenths: 20 is the most for a job that neither mounts nor talks to anybody.
        const most = name === "srv" ? 20 : 45;
        const security = ["security", "--offline=true", `--threshold=${most}`, paths[0]!];
        output("systemd-analyze", security);
      }
    }),
);
