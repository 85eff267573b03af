/**
 * What a job needs to be allowed when nobody is there.
 * @module
 */

import type { ScheduledJob } from "../scheduling/units.ts";
import { valuesOf } from "./job_values.ts";
import type { NamedJob } from "./settings.ts";

const TWO_IN_THE_MORNING = "02:00";

/** @param argv The command line that runs it. @throws UsageError where the job is not complete */
export function scheduledJob(named: NamedJob, argv: readonly string[]): ScheduledJob {
  const { job, name } = named;
  const { sources, to, recipe, snapshot } = valuesOf(named, {});
  // Steps may upload, and a file of steps may do anything.
  const isOwnRecipe = recipe !== undefined && recipe !== "native" && recipe !== "e2fsprogs";
  const notifies = job.notify !== undefined ||
    Object.keys(job.secrets ?? {}).some((key) => key.startsWith("notify."));
  return {
    name,
    argv,
    when: job.schedule ?? TWO_IN_THE_MORNING,
    writes: [to!, ...snapshot === undefined ? [] : sources.map(plainFolder)],
    hasNetwork: isOwnRecipe || (job.use ?? []).length > 0 || notifies,
    usesTmp: [to!, ...sources].some((path) =>
      TEMPORARY.some((folder) => isWithin(path, folder) || isWithin(folder, plainFolder(path)))
    ),
    mounts: snapshot !== undefined || recipe !== undefined && recipe !== "native",
  };
}

/** What systemd shows an empty one of. */
const TEMPORARY = ["/tmp", "/var/tmp"];

function isWithin(path: string, folder: string): boolean {
  return folder === "/" || path === folder || path.startsWith(`${folder}/`);
}

function plainFolder(source: string): string {
  return source.replace(/\/\.$/, "") || "/";
}
