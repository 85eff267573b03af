/**
 * Slurm on this machine alone: its daemons, on loopback, for the time of a callback.
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { randomBytes } from "node:crypto";
import { run } from "../programs/oracles.ts";

const PATIENCE_MS = 30_000;

/** A port that was free a moment ago. */
function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return port;
}

/** Runs munged, slurmctld and slurmd. @param use Receives the path of `SLURM_CONF`. */
export async function withSlurm(
  folder: string,
  use: (configuration: string) => Promise<void>,
): Promise<void> {
  for (const name of ["state", "spool", "run"]) mkdirSync(`${folder}/${name}`, { recursive: true });
  // munged refuses a socket that not everybody can reach.
  chmodSync(folder, 0o755);
  writeFileSync(`${folder}/key`, randomBytes(1024), { mode: 0o600 });
  const configuration = `${folder}/slurm.conf`;
  writeFileSync(configuration, configured(folder));
  const daemons: ChildProcess[] = [];
  const begin = (program: string, ...args: string[]) => {
    daemons.push(spawn(program, args, { stdio: "ignore" }));
  };
  try {
    const at = (name: string) => `${folder}/run/${name}`;
    begin(
      "munged",
      "--foreground",
      "--force",
      `--socket=${at("munge.socket")}`,
      `--key-file=${folder}/key`,
      `--pid-file=${at("munge.pid")}`,
      `--seed-file=${at("seed")}`,
    );
    await setTimeout(500);
    begin("slurmctld", "-D", "-f", configuration);
    begin("slurmd", "-D", "-f", configuration, "-N", "localhost");
    const sinfo = [`SLURM_CONF=${configuration}`, "sinfo", "-h", "-o", "%T"];
    await until(() => new TextDecoder().decode(run("env", sinfo).stdout).includes("idle"));
    await use(configuration);
    // A job that ends talks to its daemon until it is through.
    const squeue = [`SLURM_CONF=${configuration}`, "squeue", "-h"];
    await until(() => run("env", squeue).stdout.length === 0);
  } finally {
    for (const daemon of daemons.reverse()) {
      const ended = new Promise((resolve) => daemon.once("exit", resolve));
      if (daemon.exitCode === null && daemon.signalCode === null && daemon.kill("SIGKILL")) {
        await ended;
      }
    }
  }
}

/** Waits until something is so. */
export async function until(isSo: () => boolean): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  while (!isSo()) {
    if (performance.now() > endMs) throw new Error("it takes too long");
    await setTimeout(300);
  }
}

function configured(folder: string): string {
  return `ClusterName=icecore
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=${freePort()}
SlurmdPort=${freePort()}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${folder}/run/munge.socket
CredType=cred/munge
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/run/slurmctld.pid
SlurmdPidFile=${folder}/run/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
SchedulerParameters=sched_interval=1,batch_sched_delay=1
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
NodeName=localhost NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=main Nodes=localhost Default=YES MaxTime=INFINITE State=UP
`;
}
