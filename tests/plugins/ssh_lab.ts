/**
 * A real `sshd` on loopback, with keys, configuration and port of its own, and a way to it that can
 * be cut. Nothing of the machine's own SSH is read or written.
 * @module
 */

import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { userInfo } from "node:os";
import { setTimeout } from "node:timers/promises";
import process from "node:process";
import type { GivenOptions } from "../../mod.ts";
import { findProgram } from "../support/requirements.ts";
import type { Lab } from "../faults/lab.ts";

/** What a test of `ssh` needs. */
export const SSH = { programs: ["ssh", "sshd", "ssh-keygen", "sftp", "sha512sum"] };

/** How the far side is. */
export interface FarOptions {
  /** The programs there; all of this machine's when absent. */
  readonly programs?: readonly string[];
  /** Cuts each connection that has taken so many bytes, as often as said. */
  readonly cut?: { readonly afterBytes: number; times: number };
  /** Told when a connection has taken so many bytes. */
  readonly onBytes?: (bytes: number) => void;
}

/** The far side. */
export interface SshLab extends AsyncDisposable {
  /** Options of the step that lead to the folder `far` there. */
  readonly options: GivenOptions;
  /** Its programs, when it has its own. */
  readonly bin: string;
}

/** Starts `sshd`. */
export async function sshLab(lab: Lab, far: FarOptions = {}): Promise<SshLab> {
  const folder = lab.at("sshd");
  mkdirSync(folder, { mode: 0o700 });
  for (const name of ["host", "user"]) {
    spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", `${folder}/${name}`]);
  }
  const bin = lab.at("farbin");
  if (far.programs !== undefined) linkPrograms(bin, far.programs);
  const port = await freePort();
  writeFileSync(`${folder}/config`, configuration(folder, port, far.programs && bin));
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
  await answering(port);
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
    async [Symbol.asyncDispose]() {
      gate.close();
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill();
      await ended;
    },
  };
}

function configuration(folder: string, port: number, bin: string | undefined): string {
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
    ...(bin === undefined ? [] : [`SetEnv PATH=${bin}`]),
    "",
  ].join("\n");
}

function linkPrograms(bin: string, programs: readonly string[]): void {
  mkdirSync(bin);
  for (const name of programs) symlinkSync(findProgram(name)!, `${bin}/${name}`);
}

/** Puts a script in place of a program there. */
export function replaceProgram({ bin }: SshLab, name: string, script: string): void {
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

async function openGate(port: number, { cut, onBytes }: FarOptions): Promise<Server> {
  const gate = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    const end = () => [near, far].forEach((socket: Socket) => socket.destroy());
    let bytes = 0;
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
