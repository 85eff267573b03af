/**
 * Settings as they may be shown: what stands in them and is a secret is not. To run such a job is
 * refused; to look at it is how one finds out.
 * @module
 */

import { withShownLocations } from "../../host/block_source/location.ts";
import type { WrittenOptions } from "../../loading/recipe_document.ts";
import type { Step } from "../../pipeline/step.ts";
import { plugins } from "../building/built_in_plugins.ts";
import type { Job } from "./job.ts";

const MASK = "***";
/** What the options of other people's steps are called that are none of a reader's business. */
const LIKE_SECRET = /pass(?:word|phrase|wd)?$|secret|token|credential|api_?key|private_?key/i;

/** The job with `***` where secrets are written. */
export async function maskedSecrets(job: Job): Promise<Job> {
  const { use, options } = job;
  const shown = {
    ...job,
    ...use !== undefined && {
      use: await Promise.all(
        use.map(async (each) =>
          each.options === undefined
            ? each
            : { ...each, options: await maskedOptions(each.step, each.options) }
        ),
      ),
    },
    ...options !== undefined && {
      options: Object.fromEntries(
        await Promise.all(
          Object.entries(options).map(async ([name, each]) =>
            [name, await maskedOptions(stepCalled(name, job), each)] as const
          ),
        ),
      ),
    },
  };
  return withoutPasswords(shown) as Job;
}

/** What a name in `options` stands for: a step may have been given another one. */
function stepCalled(name: string, { use = [] }: Job): string {
  return use.find((each) => each.name === name)?.step ?? name;
}

async function maskedOptions(step: string, options: WrittenOptions): Promise<WrittenOptions> {
  const load = Object.hasOwn(plugins, step) ? plugins[step] : undefined;
  const known = load === undefined ? {} : ((await load()).default as Step).options ?? {};
  const isSecret = (name: string) => known[name]?.secret === true || LIKE_SECRET.test(name);
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, isSecret(name) ? MASK : value]),
  );
}

/** Addresses lose the name and the password that stand in them, wherever they are. */
function withoutPasswords(value: unknown): unknown {
  if (typeof value === "string") return value.includes("://") ? withShownLocations(value) : value;
  if (Array.isArray(value)) return value.map(withoutPasswords);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, withoutPasswords(each)]),
  );
}
