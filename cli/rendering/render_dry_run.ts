/**
 * A dry run as text.
 * @module
 */

import { shownLocation } from "../../host/block_source/location.ts";
import type { DryRun } from "../../pipeline/running/dry_run.ts";
import type { Fact } from "../../pipeline/step.ts";
import { formatSize } from "../../pipeline/words/size.ts";

/**
 * A line a step, what is known of it indented below.
 *
 * @param recipe The recipe's file, where it has one.
 */
export function renderDryRun({ steps, sources, output }: DryRun, recipe?: string): string {
  const width = Math.max(...steps.map(({ name }) => name.length));
  const lines = steps.flatMap(({ name, summary, facts }) => [
    `${name.padEnd(width)}  ${summary}`,
    ...facts.map((fact) => `${" ".repeat(width)}    ${fact.label}: ${show(fact)}`),
  ]);
  const by = recipe === undefined ? "" : `, by the recipe ${shownLocation(recipe)}`;
  return [
    `Would build ${shownLocation(output)} from ${sources.map(shownLocation).join(", ")}${by}:`,
    ...lines,
  ].join("\n");
}

function show({ value, unit }: Fact): string {
  if (unit === "bytes" && typeof value === "number") {
    return `${formatSize(value)} (${value.toLocaleString("en")} bytes)`;
  }
  return typeof value === "number" ? value.toLocaleString("en") : String(value);
}
