/**
 * Secrets that stand in settings, where they do not belong.
 * @module
 */

import { UsageError } from "../../pipeline/build_errors.ts";
import type { Step } from "../../pipeline/step.ts";
import type { NamedJob } from "./settings.ts";

/**
 * Refuses those of `notify`; those of steps are refused where the steps are known.
 *
 * @throws UsageError `bad-settings`
 */
export async function refuseWrittenSecrets({ job, origins }: NamedJob): Promise<void> {
  if (job.notify === undefined) return;
  const { default: plugin } = await import("../../plugins/notify.ts");
  const { options = {} } = plugin as unknown as Step;
  for (const name of Object.keys(job.notify)) {
    if (!Object.hasOwn(options, name) || options[name]!.secret !== true) continue;
    const place = origins.get("notify")!.place(`notify.${name}`);
    throw new UsageError(
      `cannot use the settings ${place}: it is a secret, and settings are passed around. Put it ` +
        `into a file of its own, and name that below secrets: "notify.${name}" = { file = "…" }`,
      "bad-settings",
    );
  }
}
