/**
 * A job as systemd and cron run it.
 * @module
 */

/** What is run, and what it needs to be allowed. */
export interface ScheduledJob {
  readonly name: string;
  /** What it does, in a few words; default: back up what the job names. */
  readonly what?: string;
  /** The command line that runs it. */
  readonly argv: readonly string[];
  /** When: as systemd's `OnCalendar` has it, or `02:00`. */
  readonly when: string;
  /** Folders that are written to. */
  readonly writes: readonly string[];
  /** Whether it talks to others: it has steps that may upload, or a webhook. */
  readonly hasNetwork: boolean;
  /** Whether it mounts: for a snapshot, or a recipe that does. */
  readonly mounts: boolean;
  /** Whether it reads or writes something in `/tmp` or `/var/tmp`, which may not be hidden then. */
  readonly usesTmp: boolean;
  /** The settings that were named, where they are not the usual ones. */
  readonly config?: string;
}

/** The files of systemd, by name. */
export function systemdUnits(job: ScheduledJob): Readonly<Record<string, string>> {
  const unit = unitName(job.name);
  return { [`${unit}.service`]: serviceText(job), [`${unit}.timer`]: timerText(job) };
}

/** What the units are called, e.g. `icecore-srv`. */
export function unitName(name: string): string {
  return `icecore-${name.replaceAll(/[^A-Za-z0-9_.-]/g, "_")}`;
}

/** The least that works: what is not named here, the backup cannot do. */
function serviceText(job: ScheduledJob): string {
  const { name, what, argv, writes, hasNetwork, mounts, usesTmp } = job;
  // To read what belongs to others; to leave no new time of access.
  const capabilities = ["CAP_DAC_READ_SEARCH", "CAP_FOWNER", ...mounts ? ["CAP_SYS_ADMIN"] : []];
  const calls = ["@system-service", ...mounts ? ["@mount"] : []];
  const families = ["AF_UNIX", ...hasNetwork ? ["AF_INET", "AF_INET6", "AF_NETLINK"] : []];
  return [
    ownerLine(job),
    "[Unit]",
    `Description=icecore: ${oneLine(what ?? `backup ${name}`)}`,
    ...writes.map((path) => `RequiresMountsFor=${escaped(path)}`),
    ...hasNetwork ? ["Wants=network-online.target", "After=network-online.target"] : [],
    "",
    "[Service]",
    "Type=oneshot",
    `ExecStart=${argv.map(escaped).join(" ")}`,
    "Nice=19",
    "IOSchedulingClass=idle",
    `CapabilityBoundingSet=${capabilities.join(" ")}`,
    "NoNewPrivileges=yes",
    "ProtectSystem=strict",
    "ProtectHome=read-only",
    ...writes.map((path) => `ReadWritePaths=${escaped(path)}`),
    // What a killed run leaves in the real one is found by the next.
    ...mounts || usesTmp
      ? ["ReadWritePaths=/var/tmp", "Environment=TMPDIR=/var/tmp"]
      : ["PrivateTmp=yes"],
    ...mounts ? [] : ["PrivateDevices=yes"],
    ...mounts ? [] : ["RestrictNamespaces=yes"],
    ...hasNetwork ? [] : ["PrivateNetwork=yes"],
    `RestrictAddressFamilies=${families.join(" ")}`,
    "ProtectKernelTunables=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelLogs=yes",
    "ProtectControlGroups=yes",
    "ProtectClock=yes",
    "ProtectHostname=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "LockPersonality=yes",
    "KeyringMode=private",
    "SystemCallArchitectures=native",
    `SystemCallFilter=${calls.join(" ")}`,
    "SystemCallErrorNumber=EPERM",
    "",
  ].join("\n");
}

function timerText(job: ScheduledJob): string {
  const { name, what, when } = job;
  return [
    ownerLine(job),
    "[Unit]",
    `Description=icecore: when to ${oneLine(what ?? `back up ${name}`)}`,
    "",
    "[Timer]",
    `OnCalendar=${calendarOf(when)}`,
    // A machine that was off makes up for it.
    "Persistent=true",
    "RandomizedDelaySec=5min",
    "",
    "[Install]",
    "WantedBy=timers.target",
    "",
  ].join("\n");
}

/** Whose unit it is: two jobs may have one name, in two files, or in what a unit may be called. */
function ownerLine({ name, config }: ScheduledJob): string {
  const what = [name, ...config === undefined ? [] : [config]].map((each) => JSON.stringify(each));
  return `# icecore schedule ${what.join(" of ")}`;
}

function calendarOf(when: string): string {
  return /^\d\d?:\d\d$/.test(when) ? `*-*-* ${when.padStart(5, "0")}:00` : oneLine(when);
}

/** The line of `/etc/cron.d`; `undefined` where cron has no words for it. */
export function cronLine({ argv, when }: ScheduledJob): string | undefined {
  const time = cronTime(when);
  // To cron, a line ends a command, however it is quoted.
  if (time === undefined || argv.some((word) => word.includes("\n"))) return undefined;
  // A percent sign is a new line to cron.
  const command = argv.map(shellWord).join(" ").replaceAll("%", "\\%");
  return `${time} root nice -n 19 ionice -c 3 ${command}`;
}

function cronTime(when: string): string | undefined {
  const clock = /^(?:\*-\*-\* )?(\d\d?):(\d\d)(?::00)?$/.exec(when.trim());
  if (clock !== null) return `${Number(clock[2])} ${Number(clock[1])} * * *`;
  const monthly = /^\*-\*-0?(\d\d?) (\d\d?):(\d\d)(?::00)?$/.exec(when.trim());
  if (monthly !== null) {
    return `${Number(monthly[3])} ${Number(monthly[2])} ${Number(monthly[1])} * *`;
  }
  const words: Readonly<Record<string, string>> = {
    hourly: "0 * * * *",
    daily: "0 0 * * *",
    weekly: "0 0 * * 1",
    monthly: "0 0 1 * *",
  };
  return words[when.trim()];
}

/** A word of a unit file: there, `%` and `$` mean something, and a blank ends it. */
function escaped(text: string): string {
  const plain = text.replaceAll("%", "%%").replaceAll("$", "$$$$");
  return /^[\w@%+=:,./$-]+$/.test(plain)
    ? plain
    : `"${plain.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function oneLine(text: string): string {
  return text.replaceAll("%", "%%").replaceAll(/\s+/g, " ");
}
