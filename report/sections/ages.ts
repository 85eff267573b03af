/**
 * What fills the image, by the year in which it was last changed.
 * @module
 */

import { counted } from "../../pipeline/words/counted.ts";
import { formatSize } from "../../pipeline/words/size.ts";
import type { Contents } from "../contents/contents.ts";
import type { Period } from "../contents/months.ts";
import { type Markup, markup } from "../html/markup.ts";
import { count } from "../html/words.ts";
import type { Section } from "./section.ts";

/** The years as columns, and as a table. */
export function agesSection({ periods }: Contents): Section | undefined {
  if (periods.length === 0) return undefined;
  const isMonths = /-\d\d$/.test(periods.at(-1)!.label);
  const what = isMonths ? "month" : "year";
  return {
    id: "ages",
    heading: isMonths ? "By month" : "By year",
    body:
      markup`<p class="soft">When the files were last changed, and how much of the image they take.</p>
${columns(periods, what)}
<details><summary>${counted(periods.length, what)} as a table</summary>
<table>
<caption>Files by the ${what} of their last change, in UTC</caption>
<thead><tr><th scope="col">${
        isMonths ? "Month" : "Year"
      }</th><th scope="col" class="n">Files</th><th scope="col" class="n">Size</th></tr></thead>
<tbody>
${
        periods.map(({ label, countFiles, bytes }) =>
          markup`<tr><th scope="row">${label}</th><td class="n" data-label="Files">${
            count(countFiles)
          }</td><td class="n" data-label="Size">${formatSize(bytes)}</td></tr>\n`
        )
      }</tbody></table></details>`,
  };
}

const HEIGHT = 192;
const TOP = 22;
const BOTTOM = 26;
/** Labels below the columns, on a wide page and on a phone. */
const MOST_LABELS = { many: 16, few: 5 };

/** Columns whose places are shares of the width: letters keep their size on any page. */
function columns(periods: readonly Period[], what: string): Markup {
  const most = Math.max(...periods.map(({ bytes }) => bytes), 1);
  const peak = periods.find(({ bytes }) => bytes === most);
  const step = 100 / periods.length;
  const width = Math.min(step * 0.72, 9);
  const floor = HEIGHT - BOTTOM;
  const label = `Size by ${what} of the last change, from ${periods[0]!.label} to ${
    periods.at(-1)!.label
  }${
    peak === undefined ? "" : `; most in ${peak.label}: ${formatSize(peak.bytes)}`
  }. The same is in the table below.`;
  const drawn = periods.map((period, at) => {
    const height = period.bytes === 0 ? 0 : Math.max(1.5, (floor - TOP) * period.bytes / most);
    const middle = step * (at + 0.5);
    const { label, countFiles, bytes } = period;
    return markup`<g><title>${label}: ${formatSize(bytes)} in ${
      counted(countFiles, "file")
    }</title><rect class="k0" x="${place(middle - width / 2)}" y="${
      (floor - height).toFixed(1)
    }" width="${place(width)}" height="${height.toFixed(1)}" rx="2"/>${
      period === peak &&
      markup`<text x="${place(clamped(middle))}" y="${(floor - height - 7).toFixed(1)}">${
        formatSize(bytes)
      }</text>`
    }</g>`;
  });
  return markup`<svg class="columns" height="${HEIGHT}" role="img" aria-label="${label}">
<line x1="0" x2="100%" y1="${floor + 0.5}" y2="${floor + 0.5}"/>
${drawn}
${labels(periods, "many")}${labels(periods, "few")}</svg>`;
}

function labels(periods: readonly Period[], which: keyof typeof MOST_LABELS): Markup {
  const step = 100 / periods.length;
  const every = Math.ceil(periods.length / MOST_LABELS[which]);
  return markup`<g class="${which}">${
    periods.map(({ label }, at) =>
      at % every === 0 &&
      markup`<text x="${place(step * (at + 0.5))}" y="${HEIGHT - 8}">${
        label.replace(/^before /, "< ")
      }</text>`
    )
  }</g>`;
}

/** A label in the middle of a column at the edge must not stand out of the picture. */
function clamped(middle: number): number {
  return Math.max(4, Math.min(96, middle));
}

function place(share: number): string {
  return `${share.toFixed(2)}%`;
}
