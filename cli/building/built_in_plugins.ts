/**
 * The built-in plugins by name. Each is loaded only when it is asked for.
 * @module
 */

import type { BuiltinSteps } from "../../loading/load_step.ts";
import type { Step } from "../../pipeline/step.ts";

/** A name, and how to load its step. */
export const plugins: BuiltinSteps = {
  age: () => import("../../plugins/age.ts"),
  notify: () => import("../../plugins/notify.ts"),
  par2: () => import("../../plugins/par2.ts"),
  recall: async () => ({ default: (await import("./recall.ts")).recall }),
  s3: () => import("../../plugins/s3.ts"),
  since: async () => ({ default: (await import("../../mod.ts")).since }),
  split: () => import("../../plugins/split.ts"),
  ssh: () => import("../../plugins/ssh.ts"),
  verity: () => import("../../plugins/verity.ts"),
  zstd: () => import("../../plugins/zstd.ts"),
};

/** All of them, loaded. */
export async function pluginSteps(): Promise<Step[]> {
  const loaded = await Promise.all(Object.values(plugins).map((load) => load()));
  return loaded.map((module) => module.default);
}
