/**
 * What this machine has, and what therefore works.
 * @module
 */

import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { isRoot } from "../host/machine.ts";
import { findProgram, installHint } from "../host/programs.ts";
import { runProgram } from "../host/run_program.ts";
import { runtimeVersion, unsupportedPlatform } from "../host/runtime.ts";
import type { Step } from "../pipeline/step.ts";
import { recipes } from "./recipes.ts";

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
const NO_ROOT = "mounting without root";
const ALL = "everything";

/**
 * Looks at the machine. Nothing is changed.
 *
 * @param plugins Steps whose programs are looked for beside those of the recipes.
 */
export async function diagnose(plugins: readonly Step[] = []): Promise<Diagnosis> {
  const abilities = [
    { name: "recipe native", programs: programsOf(recipes.native.steps) },
    { name: RECIPE, programs: programsOf(recipes.e2fsprogs.steps) },
    { name: NO_ROOT, programs: ["fuse2fs"] },
    ...plugins.filter(({ tools = [] }) => tools.length > 0)
      .map((step) => ({ name: `plugin ${step.name}`, programs: programsOf([step]) })),
  ];
  const users = new Map<string, string>();
  for (const { name, programs } of abilities) {
    for (const program of programs) if (!users.has(program)) users.set(program, name);
  }
  const findings = [
    platformFinding(),
    { name: "runtime", ok: true, detail: runtimeVersion(), neededFor: ALL },
    rootFinding(),
    loopFinding(),
    { name: "temporary folder", ok: true, detail: tmpdir(), neededFor: RECIPE },
    ...await Promise.all([...users].map(([program, user]) => programFinding(program, user))),
  ];
  return {
    findings,
    abilities: abilities.map(({ name, programs }) => ({
      name,
      missing: findings
        .filter(({ ok, neededFor, name: found }) =>
          !ok && (neededFor === name || neededFor === ALL || programs.includes(found))
        )
        .map((finding) => finding.name),
    })),
  };
}

function programsOf(steps: readonly Step[]): string[] {
  return [...new Set(steps.flatMap(({ tools = [] }) => tools))];
}

function platformFinding(): Finding {
  const reason = unsupportedPlatform();
  return {
    name: "Linux on x64 or arm64",
    ok: reason === undefined,
    detail: reason ?? "yes",
    neededFor: ALL,
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

async function programFinding(name: string, neededFor: string): Promise<Finding> {
  if (findProgram(name) === undefined) {
    return { name, ok: false, detail: `missing. ${installHint([name])}`, neededFor };
  }
  const version = await versionBy(name, "--version") ?? await versionBy(name, "-V");
  return { name, ok: true, detail: version ?? "installed", neededFor };
}

/** Many print their version on stderr, some with an exit code of failure. */
async function versionBy(program: string, flag: string): Promise<string | undefined> {
  const { stdout, stderr } = await runProgram([program, flag], { success: () => true });
  return /\d+\.\d+(\.\d+)?/.exec(`${stderr}\n${stdout}`)?.[0];
}
