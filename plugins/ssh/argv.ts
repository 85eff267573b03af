/**
 * The argv of each program that reaches the other machine.
 * @module
 */

import type { OptionValues } from "../../mod.ts";
import type { Address } from "./address.ts";
import type { options } from "./options.ts";

/** How the other machine is reached. */
type Connection = Pick<
  OptionValues<typeof options>,
  "identityFile" | "port" | "sshOptions"
>;

/** A script for the far side's `sh`, and its arguments. */
export type Remote = readonly [script: string, ...args: string[]];

/** How long a connection waits for the next program. */
const PERSIST_SECONDS = 60;

/** The same options, with which all programs share one connection through a socket here. */
export function sharing<O extends Connection>(options: O, socket: string): O {
  const given = options.sshOptions ?? [];
  const own = ["ControlMaster=auto", `ControlPath=${socket}`, `ControlPersist=${PERSIST_SECONDS}`];
  // ssh takes the first value of each: what is set by hand counts.
  return { ...options, sshOptions: [...given, ...own] };
}

/** Whether ssh takes it as a socket's path: it adds a suffix, and the kernel sets a limit. */
export function isSocketPath(path: string): boolean {
  return /^[\w./-]{1,85}$/.test(path);
}

/** Ends the connection that is shared. */
export function endArgv(options: Connection, { host }: Address): string[] {
  return ["ssh", ...connection(options, "-p"), "-O", "exit", "--", host];
}

/** Runs a script there: `ssh … HOST sh -c SCRIPT sh ARG…`. */
export function sshArgv(options: Connection, { host }: Address, remote: Remote): string[] {
  const [script, ...args] = remote;
  const command = ["sh", "-c", script, "sh", ...args].map(quoted).join(" ");
  return ["ssh", ...connection(options, "-p"), "--", host, command];
}

/** Copies a file with `rsync`, going on where a partial one ends. */
export function rsyncArgv(
  options: Connection,
  { host }: Address,
  from: string,
  to: string,
): string[] {
  // rsync splits this itself; a quote within quotes is doubled.
  const shell = ["ssh", ...connection(options, "-p")].map((word) =>
    `'${word.replaceAll("'", "''")}'`
  );
  return [
    ...["rsync", "-s", "--append-verify", "--partial", "--info=progress2"],
    ...["--outbuf=L", "-e", shell.join(" "), "--"],
    from,
    `${host.includes(":") ? host.replace(/[^@]+$/, "[$&]") : host}:${to}`,
  ];
}

/** Copies a file with `sftp`; what to do comes on its stdin, from {@linkcode sftpBatch}. */
export function sftpArgv(options: Connection, { host }: Address): string[] {
  const shown = host.includes(":") ? host.replace(/[^@]+$/, "[$&]") : host;
  return ["sftp", "-q", "-b", "-", ...connection(options, "-P"), "--", shown];
}

/** Goes on where the file there ends; it has to be there. */
export function sftpBatch(from: string, to: string): string {
  return `reput ${doubleQuoted(from)} ${doubleQuoted(to)}\n`;
}

function connection(options: Connection, portFlag: string): string[] {
  const { identityFile, port, sshOptions } = options;
  return [
    // Nobody is there to be asked, and a dead connection ends.
    ...["BatchMode=yes", "ConnectTimeout=20", "ServerAliveInterval=15"].flatMap((o) => ["-o", o]),
    ...(identityFile === undefined ? [] : ["-i", identityFile]),
    ...(port === undefined ? [] : [portFlag, String(port)]),
    ...(sshOptions ?? []).flatMap((option) => ["-o", option]),
  ];
}

/** A word for a POSIX shell. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function doubleQuoted(word: string): string {
  return `"${word.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
