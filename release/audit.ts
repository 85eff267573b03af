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
  writeFileSync(`${folder}/package.json`, '{ "name": "audited", "version": "0.0.0" }\n');
  writeFileSync(`${folder}/package-lock.json`, packageLock(packages));
  const { stdout, stderr } = tried(["npm", "audit", "--json", "--omit=dev"], { cwd: folder });
  return auditOf(stdout, stderr);
}

/** What an answer of `npm audit --json` says. */
export function auditOf(stdout: string, stderr: string): Audit {
  try {
    const { metadata: { vulnerabilities } } = JSON.parse(stdout);
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

/** The lock file that npm reads, of the packages of ours. */
export function packageLock(packages: readonly LockedPackage[]): string {
  const first = new Map<string, LockedPackage>();
  const entries: [string, object][] = [];
  for (const each of packages) {
    const { name, version } = each;
    // Of a package in two versions, the second lies below a folder of its own.
    const at = first.has(name)
      ? `node_modules/second-${entries.length}/node_modules/`
      : "node_modules/";
    first.set(name, each);
    entries.push([`${at}${name}`, { version, name }]);
  }
  const needed = Object.fromEntries([...first].map(([name, { version }]) => [name, version]));
  const root = { name: "audited", version: "0.0.0", dependencies: needed };
  return JSON.stringify(
    {
      name: "audited",
      version: "0.0.0",
      lockfileVersion: 3,
      requires: true,
      packages: { "": root, ...Object.fromEntries(entries) },
    },
    undefined,
    2,
  );
}
