/**
 * Modules that end badly while they are loaded or checked, for tests of each runtime.
 * @module
 */

const step = "export default { name: 'bad', after: 'hash', run() {} };\n";

/** What a module does, and the module. */
export const moduleFaults: readonly (readonly [what: string, text: string])[] =
  [
    ["ends the process when it is loaded", `process.exit(0);\n${step}`],
    ["throws when it is loaded", `throw new Error("no vault");\n${step}`],
    ["throws nothing when it is loaded", `throw undefined;\n${step}`],
    [
      "does not await what fails",
      `Promise.reject(new Error("no net"));\n${step}`,
    ],
    [
      "throws in a timer while it is loaded",
      `setTimeout(() => { throw new Error("late"); }, 10);
    await new Promise((resolve) => setTimeout(resolve, 200));\n${step}`,
    ],
    [
      "ends the process in its check",
      "export default { name: 'bad', after: 'hash', check: () => process.exit(0), run() {} };\n",
    ],
    [
      "ends the process as if it was interrupted",
      "export default { name: 'bad', after: 'hash', run: () => process.exit(130) };\n",
    ],
  ];
