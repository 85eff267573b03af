/**
 * How much was last changed when.
 * @module
 */

/** What was last changed in a month or a year. */
export interface Period {
  /** E.g. `2024` or `2024-05`. */
  readonly label: string;
  readonly countFiles: number;
  readonly bytes: number;
}

interface Amount {
  countFiles: number;
  bytes: number;
}

/** Seconds of which a date can be made. */
const MOST_SECONDS = 8.64e12;
const MONTHS = 12;
/** More columns than this are not read any more. */
const MOST_PERIODS = 40;

/** Adds files up by the month of their modification, in UTC. */
export class Months {
  readonly #months = new Map<number, Amount>();
  #lastDay = NaN;
  #lastMonth = 0;

  add(seconds: number, bytes: number): void {
    const month = this.#monthOf(seconds);
    const amount = this.#months.get(month);
    if (amount === undefined) this.#months.set(month, { countFiles: 1, bytes });
    else {
      amount.countFiles++;
      amount.bytes += bytes;
    }
  }

  /** Years from the first to the last; months where it is a year or two. */
  periods(): Period[] {
    const months = [...this.#months.keys()].sort((a, b) => a - b);
    if (months.length === 0) return [];
    const first = months[0]!, last = months.at(-1)!;
    const unit = Math.floor(last / MONTHS) - Math.floor(first / MONTHS) <= 1 ? 1 : MONTHS;
    const amounts = new Map<number, Amount>();
    for (const [month, { countFiles, bytes }] of this.#months) {
      const key = Math.floor(month / unit);
      const sum = amounts.get(key) ?? { countFiles: 0, bytes: 0 };
      amounts.set(key, { countFiles: sum.countFiles + countFiles, bytes: sum.bytes + bytes });
    }
    const label = (key: number) => unit === 1 ? monthLabel(key) : String(key);
    return filled([...amounts].sort(([a], [b]) => a - b), label);
  }

  #monthOf(seconds: number): number {
    // Files of one day often follow each other, and making a date is slow.
    const day = Math.floor(seconds / 86_400);
    if (day === this.#lastDay) return this.#lastMonth;
    const date = new Date(Math.max(-MOST_SECONDS, Math.min(seconds, MOST_SECONDS)) * 1000);
    this.#lastDay = day;
    return this.#lastMonth = date.getUTCFullYear() * MONTHS + date.getUTCMonth();
  }
}

/** With those between in which nothing was changed, unless they are too many. */
function filled(
  amounts: readonly (readonly [key: number, amount: Amount])[],
  label: (key: number) => string,
): Period[] {
  const first = amounts[0]![0], last = amounts.at(-1)![0];
  if (last - first < MOST_PERIODS) {
    const known = new Map(amounts);
    return Array.from({ length: last - first + 1 }, (_, i) => ({
      label: label(first + i),
      ...known.get(first + i) ?? { countFiles: 0, bytes: 0 },
    }));
  }
  const late = amounts.slice(1 - MOST_PERIODS);
  const early = amounts.slice(0, amounts.length - late.length);
  const periods = late.map(([key, amount]) => ({ label: label(key), ...amount }));
  if (early.length === 0) return periods;
  const sum = early.reduce((sum, [, { countFiles, bytes }]) => ({
    countFiles: sum.countFiles + countFiles,
    bytes: sum.bytes + bytes,
  }), { countFiles: 0, bytes: 0 });
  return [{ label: `before ${label(late[0]![0])}`, ...sum }, ...periods];
}

function monthLabel(month: number): string {
  const name = String(month % MONTHS + 1).padStart(2, "0");
  return `${Math.floor(month / MONTHS)}-${name}`;
}
