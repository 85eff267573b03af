import assert from "node:assert/strict";
import { mkdirSync, readlinkSync, writeFileSync } from "node:fs";
import { enableArgv } from "../../../cli/scheduling/install_units.ts";
import { cronLine, type ScheduledJob, systemdUnits } from "../../../cli/scheduling/units.ts";
import { output } from "../../support/oracles.ts";
import { testWith } from "../../support/requirements.ts";
import { icecoreOutput } from "../../support/run_icecore.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const job: ScheduledJob = {
  name: "srv",
  argv: ["/usr/bin/icecore", "run", "srv", "-q", "-q"],
  when: "02:00",
  writes: ["/backup"],
  hasNetwork: false,
  mounts: false,
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
