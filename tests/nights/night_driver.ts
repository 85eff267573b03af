/**
 * icecore under a clock that was moved: `night_driver.ts TIME_MS ARGUMENT…`.
 * @module
 */

import process from "node:process";

const [time = "0", ...args] = process.argv.slice(2);
const aheadMs = Number(time) - Date.now();
const realNow = Date.now;
Date.now = () => realNow() + aheadMs;
const { main } = await import("../../cli/main.ts");
process.exitCode = await main(args);
