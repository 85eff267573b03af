/**
 * Which of many backups are kept, by their dates: rules as restic has them.
 * @module
 */

/** How many are kept, by what they are counted by; `undefined` where a rule is not given. */
export interface KeepRules {
  /** The newest so many. */
  readonly last?: number | undefined;
  /** The newest of each of so many days that have one. */
  readonly daily?: number | undefined;
  /** The same of weeks, which begin on Monday. */
  readonly weekly?: number | undefined;
  /** The same of months. */
  readonly monthly?: number | undefined;
  /** The same of years. */
  readonly yearly?: number | undefined;
}

/** The rules' names, in the order in which reasons are given. */
export const KEEP_RULES = ["last", "daily", "weekly", "monthly", "yearly"] as const;

/** One of them. */
export type KeepRule = typeof KEEP_RULES[number];

/** Whether there is a rule at all: without, nothing is ever removed. */
export function hasKeepRules(rules: KeepRules): boolean {
  return KEEP_RULES.some((rule) => rules[rule] !== undefined);
}

/**
 * Why each of some backups is kept.
 *
 * Where a rule has days (weeks, months, years) left when all backups have been looked at, it keeps
 * the oldest one as well, so that the time that can be gone back to grows until the rule is full.
 *
 * @param times When they were taken, in milliseconds since 1970, in any order.
 * @param zone Minutes that local time is ahead of UTC at a moment; default: this machine's.
 * @returns The reasons of each, in the order of `times`; none where it is not kept.
 */
export function keepReasons(
  times: readonly number[],
  rules: KeepRules,
  zone: (timeMs: number) => number = (timeMs) => -new Date(timeMs).getTimezoneOffset(),
): string[][] {
  const reasons: string[][] = times.map(() => []);
  // Of two of the same moment the later in the list is the newer.
  const newestFirst = times.map((_, index) => index)
    .sort((a, b) => times[b]! - times[a]! || b - a);
  for (const rule of KEEP_RULES) {
    let left = rules[rule] ?? 0;
    let previous: string | undefined;
    for (const [rank, index] of newestFirst.entries()) {
      if (left === 0) break;
      const timeMs = times[index]!;
      const period = periodOf(rule, new Date(timeMs + zone(timeMs) * 60_000), rank);
      const isOldest = rank === newestFirst.length - 1;
      if (period === previous && !isOldest) continue;
      reasons[index]!.push(period === previous ? `oldest ${rule}` : rule);
      previous = period;
      left--;
    }
  }
  return reasons;
}

/** What a rule counts by. @param local Local time, as if it were UTC. */
function periodOf(rule: KeepRule, local: Date, rank: number): string {
  switch (rule) {
    case "last":
      return String(rank);
    case "daily":
      return local.toISOString().slice(0, 10);
    case "weekly":
      return mondayOf(local).toISOString().slice(0, 10);
    case "monthly":
      return local.toISOString().slice(0, 7);
    case "yearly":
      return local.toISOString().slice(0, 4);
  }
}

function mondayOf(local: Date): Date {
  const daysSince = (local.getUTCDay() + 6) % 7;
  return new Date(local.getTime() - daysSince * 86_400_000);
}
