/**
 * Runs a file, with an argument of some length, as a program in each way that there is, and prints what it fails with; a rejection
 * that nobody hears of ends it with a failure.
 * @module
 */

import process from "node:process";
import { ToolError } from "../../mod.ts";
import { messageOf, pipeThroughProgram, runProgram } from "../../plugin.ts";

// No argument can be too long for this program and not for the one that it runs.
const [path = "", length = "0"] = process.argv.slice(2);
const argv = [path, "x".repeat(Number(length))];

const ways: Readonly<Record<string, () => Promise<unknown>>> = {
  run: () => runProgram(argv),
  pipe: async () => {
    const input = ReadableStream.from([new TextEncoder().encode("ice core")]);
    return await new Response(input.pipeThrough(pipeThroughProgram(argv)))
      .text();
  },
};

for (const [way, run] of Object.entries(ways)) {
  const said = await run().then(() => "nothing", (error) => {
    return `${error instanceof ToolError ? "ToolError" : error?.name}: ${
      messageOf(error)
    }`;
  });
  console.log(`${way}: ${said}`);
}
// What nobody waited for fails by now.
await new Promise((resolve) => setTimeout(resolve, 100));
