/**
 * What this machine has, and what therefore works.
 * @module
 */

import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { isRoot } from "./machine.ts";
import { findProgram, installHint } from "./programs.ts";
import { runProgram } from "./run_program.ts";
import { runtimeVersion, unsupportedPlatform } from "./runtime.ts";

/** One thing that was looked at. */
export interface Finding {
  /** What it is, e.g. `e2fsck`, `root`. */
  readonly name: string;
  /** Whether it is there and usable. */
  readonly ok: boolean;
  /** Its version or state; what to do where it is missing. */
  readonly detail: string;
  /** What needs it. */
  readonly neededFor: string;
}

/** What works here. */
export interface Diagnosis {
  /** Everything that was looked at. */
  readonly findings: readonly Finding[];
  /** Each ability, and the names of the findings that stand in its way. */
  readonly abilities: readonly { readonly name: string; readonly missing: readonly string[] }[];
}

const RECIPE = "recipe e2fsprogs";

/** Programs, the argument that makes them tell their version, and what needs them. */
const PROGRAMS: readonly (readonly [name: string, flag: string, neededFor: string])[] = [
  ["mkfs.ext4", "-V", RECIPE],
  ["e2fsck", "-V", RECIPE],
  ["resize2fs", "--version", RECIPE],
  ["tune2fs", "--version", RECIPE],
  ["dumpe2fs", "-V", RECIPE],
  ["e2undo", "--version", RECIPE],
  ["mount", "--version", RECIPE],
  ["umount", "--version", RECIPE],
  ["sync", "--version", RECIPE],
  ["unshare", "--version", RECIPE],
  ["nsenter", "--version", RECIPE],
  ["fuse2fs", "-V", "mounting without root"],
];

/** Looks at the machine. Nothing is changed. */
export async function diagnose(): Promise<Diagnosis> {
  const findings = [
    platformFinding(),
    { name: "runtime", ok: true, detail: runtimeVersion(), neededFor: "everything" },
    rootFinding(),
    loopFinding(),
    { name: "temporary folder", ok: true, detail: tmpdir(), neededFor: RECIPE },
    ...await Promise.all(PROGRAMS.map(programFinding)),
  ];
  const missingFor = (what: string) =>
    findings.filter(({ ok, neededFor }) =>
      !ok && (neededFor === what || neededFor === "everything")
    )
      .map(({ name }) => name);
  const abilities = ["recipe native", RECIPE, "mounting without root"].map((name) => ({
    name,
    missing: missingFor(name),
  }));
  return { findings, abilities };
}

function platformFinding(): Finding {
  const reason = unsupportedPlatform();
  return {
    name: "Linux on x64 or arm64",
    ok: reason === undefined,
    detail: reason ?? "yes",
    neededFor: "everything",
  };
}

function rootFinding(): Finding {
  const ok = isRoot();
  return { name: "root", ok, detail: ok ? "yes" : "no: run with sudo", neededFor: RECIPE };
}

function loopFinding(): Finding {
  const ok = existsSync("/dev/loop-control");
  const detail = ok ? "/dev/loop-control" : "no /dev/loop-control: load it with modprobe loop";
  return { name: "loop devices", ok, detail, neededFor: RECIPE };
}

async function programFinding(
  [name, flag, neededFor]: readonly [string, string, string],
): Promise<Finding> {
  if (findProgram(name) === undefined) {
    return { name, ok: false, detail: `missing. ${installHint([name])}`, neededFor };
  }
  // Most of these print their version on stderr, some with an exit code of failure.
  const { stdout, stderr } = await runProgram([name, flag], { success: () => true });
  const version = /\d+\.\d+(\.\d+)?/.exec(`${stderr}\n${stdout}`)?.[0] ?? "installed";
  return { name, ok: true, detail: version, neededFor };
}
