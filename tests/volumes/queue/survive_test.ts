/**
 * Workers in processes of their own, killed while Redis restarts; `deno task killed-workers` does it
 * at length.
 */

import { testWith } from "../../support/programs/requirements.ts";
import { REDIS } from "../../support/servers/redis.ts";
import { survive } from "./survive.ts";

testWith(
  { ...REDIS, programs: [...REDIS.programs, "diff", "sha512sum"] },
  "4 workers of which some are killed build all volumes, while Redis restarts and loses its data",
  async () => {
    await survive({
      countVolumes: 12,
      countWorkers: 4,
      countKills: 4,
      seed: 7,
      restarts: ["with data", "without data"],
    });
  },
);
