/**
 * Reaches for servers on either runtime, and prints a line of JSON for each of its arguments: a
 * location that is read, or `upload:FOLDER`, whose image goes to `AWS_ENDPOINT_URL`.
 * @module
 */

import process from "node:process";
import { openSource } from "../../../host/block_source/open_source.ts";
import { pipeline, recipes } from "../../../mod.ts";
import s3 from "../../../plugins/s3.ts";

const patience = { retryDelayMs: 1, countRetries: 1, timeoutMs: 20_000 };

for (const each of process.argv.slice(2)) {
  console.log(JSON.stringify(await answerOf(each)));
}
process.exit(0);

async function answerOf(argument: string): Promise<unknown> {
  try {
    if (argument.startsWith("upload:")) {
      return await upload(argument.slice("upload:".length));
    }
    const source = await openSource(argument, patience);
    source.close();
    return { sizeBytes: source.sizeBytes };
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    return { code, message };
  }
}

async function upload(folder: string): Promise<unknown> {
  const given = { to: "s3://vault/backup", retries: 0, partSize: "5M" };
  await pipeline(recipes.native).use(s3, given)
    .run({ sources: [folder], output: `${folder}.img` });
  return { stored: true };
}
