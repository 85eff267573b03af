/**
 * Settings as they hold, and where each was made.
 * @module
 */

import type { NamedJob } from "./settings.ts";

/** A job as TOML that means the same, with the place of each setting behind it. */
export function settingsText(named: NamedJob): string {
  const { name, job, origins } = named;
  const lines = Object.entries(job).map(([key, value]) => {
    const [place = ""] = /^.*?, line \d+/.exec(origins.get(key)!.place(key)) ?? [];
    return [`${key} = ${tomlOf(value)}`, place] as const;
  });
  const width = Math.max(0, ...lines.map(([line]) => line.length));
  return [
    `[job.${keyOf(name)}]`,
    ...lines.map(([line, place]) => `${line.padEnd(width)}  # ${place}`),
  ].join("\n");
}

function tomlOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(tomlOf).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, each]) => `${keyOf(key)} = ${tomlOf(each)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

function keyOf(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key);
}
