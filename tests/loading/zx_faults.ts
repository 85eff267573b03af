/**
 * Zx scripts that end badly, for tests of each runtime that carries them.
 * @module
 */

/** What a script does, the script, and what is said of it. */
export const zxFaults:
  readonly (readonly [what: string, text: string, says: RegExp])[] = [
    [
      "throws",
      "throw new Error('no vault');",
      /exit code 1: no vault\. Correct/,
    ],
    [
      "throws nothing",
      "throw undefined;",
      /exit code 1: it threw undefined\. Correct/,
    ],
    [
      "has a mistake",
      "\nnoSuch();",
      /exit code 1: .*noSuch.*, at \/.*bad\.zx\.mjs:2:1\./,
    ],
    [
      "has a syntax error",
      "const x = ;\n",
      /exit code 1: .*bad\.zx\.mjs:1:\d+/,
    ],
    [
      "runs a program that fails",
      "await $`echo lost >&2; exit 5`",
      /a program ended with 5: lost/,
    ],
    [
      "runs one that is killed",
      "await $`kill -9 $$`",
      /a program was ended by SIGKILL/,
    ],
    [
      "does not await a program that fails",
      "$`sleep 0.3; exit 5`",
      /a program ended with 5/,
    ],
    [
      "does not await what fails",
      "Promise.reject(new Error('no net'));",
      /exit code 1: no net/,
    ],
    [
      "does not await what fails later",
      "sleep(200).then(() => { throw new Error('no net'); });",
      /exit code 1: no net/,
    ],
    [
      "throws in a timer while it waits",
      "setTimeout(() => { throw new Error('late'); }, 50);\nawait sleep(200);",
      /exit code 1: late/,
    ],
    [
      "throws in a timer behind its end",
      "setTimeout(() => { throw new Error('late'); }, 100);",
      /exit code 1: late/,
    ],
    [
      "handles what it does not await",
      "process.on('unhandledRejection', () => {});\nPromise.reject(new Error('no net'));",
      /exit code 1: no net/,
    ],
    ["ends itself", "process.exit(9);", /ended with exit code 9/],
    [
      "ends itself, and says it is well",
      "process.exit(0);",
      /ended its process before it had run/,
    ],
    [
      "ends itself in a timer",
      "setTimeout(() => process.exit(0), 50);\nawait sleep(1000);",
      /ended its process before it had run/,
    ],
    ["sets an exit code", "process.exitCode = 6;", /ended with exit code 6/],
    [
      "hides its exit code",
      "process.on('exit', () => process.exit(0));\nthrow new Error('no vault');",
      /no vault/,
    ],
    [
      "is killed",
      "process.kill(process.pid, 'SIGKILL');\nawait sleep(1000);",
      /ended by SIGKILL/,
    ],
    ["aborts", "process.abort();", /ended by SIGABRT/],
    ["waits for what never comes", "await new Promise(() => {});", /never/],
    [
      "sends an unknown event",
      "emit({ type: 'cheer' });",
      /there is no event "cheer"/,
    ],
    [
      "sends nothing as an event",
      "emit(undefined);",
      /expected an object, not null/,
    ],
    ["exports no result", "export default { made: 1 };", /"made" is unknown/],
  ];
