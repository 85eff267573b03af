/**
 * Known holes in the packages, as the npm registry's audit answers.
 * @module
 */

import { mkdirSync, writeFileSync } from "node:fs";
import type { LockedPackage } from "./locked_packages.ts";
import { tried } from "./run.ts";

/** What the audit came to. */
export interface Audit {
  /** Whether the registry answered. */
  readonly answered: boolean;
  /** One line for the release's notes. */
  readonly summary: string;
  /** The registry's answer, or what came instead of it. */
  readonly text: string;
}

/** Asks the registry about the packages; nothing of them is fetched. */
export function audit(packages: readonly LockedPackage[], folder: string): Audit {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/package.json`, JSON.stringify(manifest(packages)));
  writeFileSync(`${folder}/package-lock.json`, packageLock(packages));
  const { stdout, stderr } = tried(["npm", "audit", "--json", "--omit=dev"], { cwd: folder });
  return auditOf(stdout, stderr, packages.length);
}

/**
 * What an answer of `npm audit --json` says.
 *
 * @param countPackages How many were asked about; an answer about fewer is none.
 */
export function auditOf(stdout: string, stderr: string, countPackages: number): Audit {
  try {
    const { metadata: { vulnerabilities, dependencies } } = JSON.parse(stdout);
    if (dependencies.prod < countPackages) throw new Error("not all of them were looked at");
    const counts = Object.entries(vulnerabilities as Record<string, number>)
      .filter(([kind, count]) => kind !== "total" && count > 0)
      .map(([kind, count]) => `${count} ${kind}`);
    return {
      answered: true,
      summary: counts.length === 0 ? "no known holes" : `known holes: ${counts.join(", ")}`,
      text: stdout,
    };
  } catch {
    const why = /"(?:summary|message)": "([^"]+)"/.exec(stdout)?.[1] ??
      stderr.trim().split("\n")[0] ?? "";
    return {
      answered: false,
      summary: `the registry did not answer the audit, so nothing is known: ${why}`,
      text: stdout || stderr,
    };
  }
}

/** The lock file that npm reads, of the packages of ours; each is one that the root needs. */
export function packageLock(packages: readonly LockedPackage[]): string {
  const root = manifest(packages);
  const entries = packages.map(({ name, version }, i) => [
    `node_modules/${alias(name, i)}`,
    { name, version },
  ]);
  const known = { "": root, ...Object.fromEntries(entries) };
  return JSON.stringify({ ...root, lockfileVersion: 3, requires: true, packages: known });
}

/** Of a package in two versions both are needed, so each has a name of its own. */
function manifest(packages: readonly LockedPackage[]) {
  const needed = packages.map(({ name, version }, i) => [alias(name, i), `npm:${name}@${version}`]);
  return { name: "audited", version: "0.0.0", dependencies: Object.fromEntries(needed) };
}

function alias(name: string, index: number): string {
  return `${index}-${name.replace(/^@/, "").replace("/", "-")}`;
}
