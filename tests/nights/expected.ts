/**
 * What keep rules demand, worked out another way than icecore does: by groups, not by counting down.
 * @module
 */

import type { KeepRules } from "../../cli/rotation/keep_rules.ts";

/** A backup that may be relied on. */
export interface Taken {
  readonly name: string;
  readonly timeMs: number;
}

/** The names that the rules keep. */
export function demanded(backups: readonly Taken[], rules: KeepRules): Set<string> {
  const sorted = backups.toSorted((a, b) => a.timeMs - b.timeMs);
  const kept = new Set<string>(sorted.slice(-1).map(({ name }) => name));
  const keepNewestOf = (count: number | undefined, period: (date: Date) => string) => {
    if (count === undefined) return;
    const newest = new Map<string, string>();
    for (const { name, timeMs } of sorted) newest.set(period(new Date(timeMs)), name);
    for (const name of [...newest.values()].slice(-count)) kept.add(name);
    if (newest.size < count && sorted.length > 0) kept.add(sorted[0]!.name);
  };
  const day = (date: Date) => `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
  for (const { name } of sorted.slice(-(rules.last ?? 0) || sorted.length)) {
    if (rules.last !== undefined) kept.add(name);
  }
  keepNewestOf(rules.daily, day);
  keepNewestOf(rules.weekly, (date) => {
    const monday = new Date(date);
    monday.setDate(date.getDate() - (date.getDay() + 6) % 7);
    return day(monday);
  });
  keepNewestOf(rules.monthly, (date) => `${date.getFullYear()}-${date.getMonth()}`);
  keepNewestOf(rules.yearly, (date) => `${date.getFullYear()}`);
  return kept;
}
