/**
 * Moments as people read them, in the zone of the machine that serves.
 * @module
 */

/** E.g. `2024-05-01 12:30`. */
export function timeText(seconds: number): string {
  const date = new Date(seconds * 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The same for programs, as the attribute `datetime` wants it. */
export function timeAttribute(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}
