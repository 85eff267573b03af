/**
 * Reads plans.
 * @module
 */

import { printable } from "../../host/libc/paths.ts";
import { LinesError, readLines } from "./lines.ts";
import {
  type MovedNames,
  type Plan,
  PLAN_FORMAT,
  PLAN_VERSION,
  type PlanEnd,
  type PlanHeader,
  type PlannedVolume,
} from "./plan.ts";
import { isVolumeName, wrongInHeader, wrongInMoved, wrongInVolume } from "./plan_shape.ts";
import { badPlan } from "./plan_error.ts";

/**
 * Reads a plan, and looks whether it is whole. What was moved is not kept: a plan may name many
 * million names.
 *
 * @param onMoved Receives each line of moved names.
 * @throws UsageError `bad-plan`, `no-such-file`; EnvironmentError `unreadable`
 */
export async function readPlan(
  path: string,
  onMoved: (moved: MovedNames) => void | Promise<void> = () => {},
): Promise<Plan> {
  let header: PlanHeader | undefined;
  let end: PlanEnd | undefined;
  const volumes: PlannedVolume[] = [];
  try {
    for await (const { value } of readLines(path)) {
      if (header === undefined) header = requireHeader(path, value);
      else end = await take(path, value as PlannedVolume | MovedNames | PlanEnd, volumes, onMoved);
    }
  } catch (error) {
    throw error instanceof LinesError ? badPlan(path, error.message) : error;
  }
  if (header === undefined || end?.countVolumes !== volumes.length) {
    throw badPlan(path, "its lines do not fit each other");
  }
  return { header, volumes, countMoved: end.countMoved, digest: end.digest };
}

async function take(
  path: string,
  line: PlannedVolume | MovedNames | PlanEnd,
  volumes: PlannedVolume[],
  onMoved: (moved: MovedNames) => void | Promise<void>,
): Promise<PlanEnd | undefined> {
  switch (line.type) {
    case "volume":
      if (line.index !== volumes.length) throw badPlan(path, "its volumes are not in order");
      requireName(path, line.name);
      if (line.base !== undefined) requireName(path, line.base);
      requireRight(path, "a volume", wrongInVolume(line));
      volumes.push(line);
      return;
    case "moved":
      requireRight(path, "a line of moved names", wrongInMoved(line, volumes.length));
      await onMoved(line);
      return;
    case "end":
      return line;
    default:
      throw badPlan(path, "it has lines that this version does not know");
  }
}

/** Files are called so: of a plan from elsewhere, none may lie outside their folder. */
function requireName(path: string, name: unknown): void {
  if (isVolumeName(name)) return;
  throw badPlan(path, `it names a volume ${printable(JSON.stringify(name ?? ""))}`);
}

function requireRight(path: string, what: string, wrong: string | undefined): void {
  if (wrong === undefined) return;
  throw badPlan(path, `${what} does not say what it should as ${JSON.stringify(wrong)}`);
}

function requireHeader(path: string, value: unknown): PlanHeader {
  const header = value as PlanHeader;
  if (header.format !== PLAN_FORMAT) throw badPlan(path, "it is not a plan of volumes");
  if (header.version !== PLAN_VERSION) {
    throw badPlan(
      path,
      `it is of version ${
        printable(JSON.stringify(header.version) ?? "")
      }, and this icecore knows ${PLAN_VERSION}`,
    );
  }
  requireName(path, header.name);
  requireRight(path, "its first line", wrongInHeader(header));
  return header;
}
