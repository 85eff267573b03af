/**
 * What this machine has, and what therefore works.
 * @module
 */

import { closeSync, constants, existsSync, mkdtempSync, openSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { hasCode, meaningOf } from "../../host/libc/errno.ts";
import { printable } from "../../host/libc/paths.ts";
import { isRoot } from "../../host/user.ts";
import { findProgram, installHint } from "../../host/programs/find_program.ts";
import { runProgram } from "../../host/programs/run_program.ts";
import { runtimeVersion, unsupportedPlatform } from "../../host/runtime.ts";
import { messageOf } from "../../pipeline/build_errors.ts";
import type { Step } from "../../pipeline/step.ts";
import { recipes } from "../../steps/recipes.ts";
import type { Finding } from "./finding.ts";
import { REFLINK, reflinkFinding } from "./reflink_finding.ts";

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
const PATIENCE_MS = 10_000;

/**
 * Looks at the machine. Nothing is left changed.
 *
 * @param plugins Steps whose programs are looked for beside those of the recipes.
 * @param timeoutMs How long a program may take to print its version.
 * @param folders Between which cloning is tried.
 */
export async function diagnose(
  plugins: readonly Step[] = [],
  timeoutMs: number = PATIENCE_MS,
  folders?: { readonly from: string; readonly to: string },
): Promise<Diagnosis> {
  const abilities = [
    { name: "recipe native", programs: programsOf(recipes.native.steps) },
    { name: RECIPE, programs: programsOf(recipes.e2fsprogs.steps) },
    { name: NO_ROOT, programs: ["fuse2fs"] },
    ...plugins.filter(({ tools = [] }) => tools.length > 0)
      .map((step) => ({ name: `plugin ${step.name}`, programs: programsOf([step]) })),
    ...(folders === undefined ? [] : [{ name: REFLINK, programs: [] }]),
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
    fuseFinding(),
    temporaryFinding(),
    ...(folders === undefined ? [] : [reflinkFinding(folders.from, folders.to)]),
    ...await Promise.all(
      [...users].map(([program, user]) => programFinding(program, user, timeoutMs)),
    ),
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

/** That it is there does not show that it may be used: a container often may not. */
function fuseFinding(): Finding {
  const name = "/dev/fuse";
  try {
    closeSync(openSync(name, constants.O_RDWR));
    return { name, ok: true, detail: "yes", neededFor: NO_ROOT };
  } catch (error) {
    const detail = hasCode(error, "ENOENT", "ENXIO", "ENODEV")
      ? "not there: load it with modprobe fuse, or give it to the container with --device /dev/fuse"
      : `cannot be opened: ${meaningOf(error)}. Allow this user, or this container, to open it`;
    return { name, ok: false, detail, neededFor: NO_ROOT };
  }
}

/** Every build makes a folder there. */
function temporaryFinding(): Finding {
  const place = tmpdir();
  const name = "temporary folder";
  try {
    rmdirSync(mkdtempSync(`${place}/icecore-doctor-`));
    return { name, ok: true, detail: place, neededFor: ALL };
  } catch (error) {
    const why = `cannot make a folder in ${printable(place)}: ${meaningOf(error)}`;
    const detail = `${why}. Set TMPDIR to a folder that you may write to`;
    return { name, ok: false, detail, neededFor: ALL };
  }
}

async function programFinding(
  name: string,
  neededFor: string,
  timeoutMs: number,
): Promise<Finding> {
  if (findProgram(name) === undefined) {
    return { name, ok: false, detail: `missing. ${installHint([name])}`, neededFor };
  }
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const version = await versionBy(name, "--version", signal) ??
      await versionBy(name, "-V", signal);
    return { name, ok: true, detail: version ?? "installed", neededFor };
  } catch (error) {
    const detail = signal.aborted
      ? `it did not print its version within ${timeoutMs / 1000} s. Try: ${name} --version`
      : messageOf(error);
    return { name, ok: false, detail, neededFor };
  }
}

/** Many print their version on stderr, some with an exit code of failure. */
async function versionBy(
  program: string,
  flag: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { stdout, stderr } = await runProgram([program, flag], { signal, success: () => true });
  return /\d+\.\d+(\.\d+)?/.exec(`${stderr}\n${stdout}`)?.[0];
}
