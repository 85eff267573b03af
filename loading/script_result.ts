/**
 * The image after a script: with what the script says it has made.
 * @module
 */

import { resolve } from "node:path";
import { fileStatus } from "../host/files/file_status.ts";
import { type Image, withArtifact, withProblems } from "../pipeline/image.ts";
import { PluginError } from "./plugin_error.ts";
import type { ScriptOutput, ScriptResult } from "./script_output.ts";

/** What is known of the script. */
export interface ScriptFacts {
  readonly changes: boolean;
  readonly workdir: string;
  readonly shown: string;
}

type MadeFile = NonNullable<ScriptResult["artifacts"]>[number];

/** @throws PluginError `bad-artifact` when a file that it names is not there, or will not stay. */
export function imageAfter(
  image: Image,
  { result, problems }: ScriptOutput,
  facts: ScriptFacts,
): Image {
  let next = facts.changes ? { ...image, sizeBytes: sizeOf(image.path) ?? image.sizeBytes } : image;
  for (const artifact of result.artifacts ?? []) {
    next = withArtifact(next, madeFile(artifact, facts));
  }
  const { payload } = result;
  if (payload !== undefined) {
    const path = resolve(payload.path);
    const sizeBytes = neededSize(path, facts.shown);
    next = { ...next, payload: { path, name: payload.name, sizeBytes, digests: {} } };
  }
  return withProblems(next, problems);
}

function madeFile({ kind, path: named, finalPath, details }: MadeFile, facts: ScriptFacts) {
  const more = details === undefined ? {} : { details };
  // What lies on a server.
  if (/^[a-z][a-z0-9+.-]*:/i.test(named)) return { kind, path: named, finalPath: named, ...more };
  const path = resolve(named);
  if (path.startsWith(`${facts.workdir}/`)) {
    throw new PluginError(
      `${facts.shown} names ${path} as something it made, but that lies in the build's private ` +
        'folder, which is removed. Write it to "$ICECORE_BESIDE".',
      "bad-artifact",
    );
  }
  const sizeBytes = neededSize(path, facts.shown);
  const last = finalPath === undefined ? path.replace(/\.partial$/, "") : resolve(finalPath);
  return { kind, path, finalPath: last, sizeBytes, ...more };
}

function neededSize(path: string, shown: string): number {
  const sizeBytes = sizeOf(path);
  if (sizeBytes !== undefined) return sizeBytes;
  throw new PluginError(
    `${shown} names ${path} as something it made, but there is no such file. Correct the script.`,
    "bad-artifact",
  );
}

function sizeOf(path: string): number | undefined {
  const status = fileStatus(path);
  return status?.isFile() === true ? status.size : undefined;
}
