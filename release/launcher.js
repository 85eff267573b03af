#!/usr/bin/env node
// Starts the executable of the package that fits this machine: `npx icecore`, `bunx icecore`.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";

const libc = existsSync("/etc/alpine-release") ? ["-musl", ""] : ["", "-musl"];
const machine = `${process.platform}-${process.arch}`;
const require = createRequire(import.meta.url);
const executable = libc.map((each) => `icecore-${machine}${each}`).map((name) => {
  try {
    return require.resolve(`${name}/bin/icecore`);
  } catch {
    return undefined;
  }
}).find((path) => path !== undefined);

if (executable === undefined) {
  const why = ["linux-x64", "linux-arm64"].includes(machine)
    ? `the package icecore-${machine} is not installed. Install without --omit=optional.`
    : `there is no executable for ${machine}. It runs on Linux, x64 and arm64.`;
  console.error(`icecore: cannot start: ${why}`);
  process.exit(1);
}

const child = spawn(executable, process.argv.slice(2), { stdio: "inherit" });
// A terminal sends these to both; the others are passed on. The child decides when it ends.
for (const signal of ["SIGINT", "SIGQUIT"]) process.on(signal, () => {});
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", ({ message }) => {
  console.error(`icecore: cannot start ${executable}: ${message}`);
  process.exit(1);
});
child.on("exit", (code, signal) => {
  if (signal === null) process.exit(code);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
