/**
 * The sources of a plan, and where they go.
 * @module
 */

import type { SourcePlacement } from "../../source/placement.ts";
import type { PlannedSource } from "./plan.ts";
import { pathBytes, pathText } from "./path_text.ts";

const encoder = new TextEncoder();

/** Placed sources, as a plan names them. */
export function plannedSources({ root, folders }: SourcePlacement, host: string): PlannedSource[] {
  const text = (path: string) => pathText(encoder.encode(path));
  return [
    ...(root === undefined ? [] : [{ host, path: text(root), name: "" }]),
    ...folders.map(({ name, path }) => ({ host, path: text(path), name: text(name) })),
  ];
}

/** The paths of a host's sources. */
export function sourcePathsOf(sources: readonly PlannedSource[], host: string): string[] {
  return sources.filter((source) => source.host === host)
    .map(({ path }) => new TextDecoder().decode(pathBytes(path)));
}
