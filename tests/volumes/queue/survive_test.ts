/**
 * Workers in processes of their own, killed while Redis restarts; `deno task killed-workers` does it
 * at length.
 */

import { STACK } from "../../support/mounts/mounted_stack.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { REDIS } from "../../support/servers/redis.ts";
import { TREES_AS_TARS } from "./same_trees.ts";
import { survive } from "./survive.ts";

testWith(
  {
    ...STACK,
    root: true,
    programs: [...REDIS.programs, ...(STACK.programs ?? []), ...TREES_AS_TARS, "sha512sum"],
  },
  "2 workers of which some are killed build 12 volumes, while Redis restarts and loses its data: together they are the tree",
  async () => {
    await survive({
      countFiles: 5000,
      mostBytes: 15_000,
      countVolumes: 12,
      countWorkers: 2,
      countKills: 4,
      seed: 7,
      restarts: ["with data", "without data"],
    });
  },
);
