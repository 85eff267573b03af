/**
 * How the image was built: steps with time and rate, and what could not be stored as it was.
 * @module
 */

import { isLoss } from "../../pipeline/problem.ts";
import { counted } from "../../pipeline/words/counted.ts";
import { duration } from "../../pipeline/words/duration.ts";
import { formatSize } from "../../pipeline/words/size.ts";
import type { BuildFacts, StepDone } from "../build_log.ts";
import { type Markup, markup } from "../html/markup.ts";
import { count, moment, named } from "../html/words.ts";
import { bar, type Section } from "./section.ts";

/** Problems that are named; a page must not grow without end. */
const MOST_PROBLEMS = 500;
/** A rate of less time than this says nothing. */
const LEAST_SECONDS = 0.005;

/** The steps as a table with bars. */
export function buildSection(build: BuildFacts): Section {
  const { startedAt, seconds, sources, steps, image } = build;
  const longest = Math.max(...steps.map((step) => step.seconds), 1e-9);
  const { sourceBytes, countFiles, countFolders, unmatchedPatterns = [] } = image.report;
  return {
    id: "build",
    heading: "How it was built",
    body: markup`<dl class="facts">
<dt>Started</dt><dd>${moment(startedAt.getTime() / 1000)}, and took ${duration(seconds)}</dd>
<dt>${sources.length === 1 ? "Source" : "Sources"}</dt><dd><ul class="paths">${
      sources.map((source) => markup`<li>${named(source)}</li>`)
    }</ul></dd>
<dt>Read</dt><dd>${formatSize(sourceBytes)} in ${counted(countFiles, "file")} and ${
      counted(countFolders, "folder")
    }</dd>
</dl>
<table>
<caption>Steps, in order</caption>
<thead><tr><th scope="col">Step</th><th scope="col" class="n">Time</th><th scope="col" class="n">Rate</th><th scope="col" class="n">Image</th></tr></thead>
<tbody>
${
      steps.map((step) =>
        markup`<tr><th scope="row">${named(step.name)}${
          bar(step.seconds / longest, "k0")
        }</th><td class="n" data-label="Time">${
          duration(step.seconds)
        }</td><td class="n" data-label="Rate">${
          rateOf(step)
        }</td><td class="n" data-label="Image">${
          step.sizeBytes === 0 ? "" : formatSize(step.sizeBytes)
        }</td></tr>\n`
      )
    }</tbody></table>
${
      unmatchedPatterns.length > 0 &&
      markup`<p>Patterns that were to leave something out, and matched nothing:</p><ul>${
        unmatchedPatterns.map((pattern) => markup`<li><code>${named(pattern)}</code></li>`)
      }</ul>`
    }`,
  };
}

function rateOf({ seconds, doneBytes }: StepDone): string {
  if (doneBytes === undefined || doneBytes === 0 || seconds < LEAST_SECONDS) return "";
  return `${formatSize(doneBytes / seconds)}/s`;
}

/** What was skipped or changed, and warnings. */
export function problemsSection({ problems, warnings }: BuildFacts): Section {
  const countLosses = problems.filter(isLoss).length;
  return {
    id: "problems",
    heading: "Skipped or changed",
    body: problems.length === 0
      ? markup`<p><span class="good">Nothing.</span> The image holds the whole source as it was.</p>${
        warned(warnings)
      }`
      : markup`<p>${
        countLosses === 0
          ? markup`<span class="good">Nothing was lost.</span> `
          : markup`<span class="bad">${
            countLosses === 1 ? "1 loss" : `${count(countLosses)} losses`
          }.</span> `
      }${problems.length === 1 ? "1 path" : `${count(problems.length)} paths`} of the source ${
        problems.length === 1 ? "is" : "are"
      } not in the image as ${problems.length === 1 ? "it was" : "they were"}.</p>
<table>
<caption>What became of them</caption>
<thead><tr><th scope="col">Path in the source</th><th scope="col">What</th></tr></thead>
<tbody>
${
        problems.slice(0, MOST_PROBLEMS).map(({ kind, path, reason }) =>
          markup`<tr><th scope="row"><bdi>${path}</bdi> <small>${reason}</small></th><td>${kind}</td></tr>\n`
        )
      }</tbody></table>${
        problems.length > MOST_PROBLEMS &&
        markup`<p>… and ${count(problems.length - MOST_PROBLEMS)} more.</p>`
      }${warned(warnings)}`,
  };
}

function warned(warnings: readonly string[]): Markup | false {
  if (warnings.length === 0) return false;
  return markup`<h3>Warnings</h3><ul>${
    warnings.slice(0, MOST_PROBLEMS).map((text) => markup`<li>${text}</li>`)
  }</ul>`;
}
