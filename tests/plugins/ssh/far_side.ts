/**
 * A real `sshd` on loopback, with keys, configuration and port of its own, and a way to it that can
 * be cut. Nothing of the machine's own SSH is read or written.
 * @module
 */

import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { userInfo } from "node:os";
import { setTimeout } from "node:timers/promises";
import process from "node:process";
import type { OptionValues } from "../../../mod.ts";
import type { Lab } from "../../faults/lab.ts";
import { output } from "../../support/programs/oracles.ts";
import { findProgram } from "../../support/programs/requirements.ts";

/** What a test of `ssh` needs. */
export const SSH = { programs: ["ssh", "sshd", "ssh-keygen", "sftp", "sha512sum"] };
/** What it needs when the copy goes by rsync. */
export const RSYNC = { programs: [...SSH.programs, "rsync"] };

/** The programs of a far side that has no rsync. */
export const POSIX: readonly string[] = [
  "sh",
  "mkdir",
  "cat",
  "ln",
  "mv",
  "rm",
  "sync",
  "sha512sum",
];
/** The programs of one that has. */
export const WITH_RSYNC: readonly string[] = [...POSIX, "rsync"];

/** How the far side is. */
export interface FarOptions {
  /** The programs there, and no others. */
  readonly programs: readonly string[];
  /** Cuts each connection that has taken so many bytes, as often as said. */
  readonly cut?: { readonly afterBytes: number; times: number };
  /** Called at each connection. */
  readonly onConnection?: () => void;
  /** What the account's bash does when it starts: its `.bashrc`. */
  readonly bashrc?: string;
  /** Called when a connection has taken so many bytes. */
  readonly onBytes?: (bytes: number) => void;
}

/** The far side. */
export interface FarSide extends AsyncDisposable {
  /** Options of the step that lead to the folder `far` there. */
  readonly options: OptionValues;
  /** The folder of its programs. */
  readonly bin: string;
}

/** Starts `sshd`. */
export async function farSide(lab: Lab, far: FarOptions): Promise<FarSide> {
  const folder = lab.at("sshd");
  mkdirSync(folder, { mode: 0o700 });
  for (const name of ["host", "user"]) {
    output("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", `${folder}/${name}`]);
  }
  const bin = lab.at("farbin");
  linkPrograms(bin, far.programs);
  const port = await freePort();
  const environment = [`PATH=${bin}`];
  if (far.bashrc !== undefined) {
    writeFileSync(`${folder}/.bashrc`, `${far.bashrc}\n`);
    environment.push(`HOME=${folder}`);
  }
  writeFileSync(`${folder}/config`, configuration(folder, port, environment));
  // sshd makes sure of this empty folder when it is root's.
  if (process.getuid?.() === 0 && !existsSync("/run/sshd")) mkdirSync("/run/sshd", { mode: 0o755 });
  const server = spawn(findProgram("sshd")!, ["-D", "-e", "-f", `${folder}/config`], {
    stdio: "ignore",
    env: { ...process.env, LAB: lab.folder },
  });
  const gate = await openGate(port, far);
  const gatePort = (gate.address() as { port: number }).port;
  const hostKey = readFileSync(`${folder}/host.pub`, "utf8");
  writeFileSync(`${folder}/known`, `[127.0.0.1]:${gatePort} ${hostKey}`);
  const stop = async () => {
    gate.close();
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill();
    await ended;
  };
  await answering(port).catch(async (error) => {
    await stop();
    throw error;
  });
  return {
    bin,
    options: {
      to: `${userInfo().username}@127.0.0.1:${lab.at("far")}`,
      port: gatePort,
      identityFile: `${folder}/user`,
      sshOptions: [
        `UserKnownHostsFile=${folder}/known`,
        "GlobalKnownHostsFile=/dev/null",
        "IdentitiesOnly=yes",
        "StrictHostKeyChecking=yes",
      ],
    },
    [Symbol.asyncDispose]: stop,
  };
}

function configuration(folder: string, port: number, environment: readonly string[]): string {
  return [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${folder}/host`,
    `AuthorizedKeysFile ${folder}/user.pub`,
    "PidFile none",
    "StrictModes no",
    "UsePAM no",
    "PasswordAuthentication no",
    "PermitRootLogin prohibit-password",
    "Subsystem sftp internal-sftp",
    `SetEnv ${environment.join(" ")}`,
    "",
  ].join("\n");
}

function linkPrograms(bin: string, programs: readonly string[]): void {
  mkdirSync(bin);
  for (const name of programs) symlinkSync(findProgram(name)!, `${bin}/${name}`);
}

/** Puts a script in place of a program there. */
export function replaceProgram({ bin }: FarSide, name: string, script: string): void {
  rmSync(`${bin}/${name}`);
  writeFileSync(`${bin}/${name}`, `#!/bin/sh\n${script}\n`);
  chmodSync(`${bin}/${name}`, 0o755);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function openGate(port: number, { cut, onBytes, onConnection }: FarOptions): Promise<Server> {
  const gate = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    const end = () => [near, far].forEach((socket: Socket) => socket.destroy());
    let bytes = 0;
    onConnection?.();
    near.on("data", (piece) => {
      bytes += piece.length;
      onBytes?.(bytes);
      if (cut === undefined || cut.times === 0 || bytes < cut.afterBytes) return;
      cut.times--;
      end();
    });
    for (const socket of [near, far]) socket.on("error", end).on("close", end);
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => gate.listen(0, "127.0.0.1", resolve));
  return gate;
}

async function answering(port: number): Promise<void> {
  for (let waits = 0; waits < 500; waits++) {
    const socket = connect(port, "127.0.0.1");
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once("data", () => resolve(true)).once("error", () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return;
    await setTimeout(20);
  }
  throw new Error("sshd does not answer");
}
