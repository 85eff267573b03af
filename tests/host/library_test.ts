import assert from "node:assert/strict";
import {
  C_LIBRARY,
  openLibrary,
  systemLibraries,
} from "../../host/libc/library.ts";

const GETPID = { getpid: { parameters: [], result: "i32" } } as const;

Deno.test("the C library is opened by its name", () => {
  const { functions } = openLibrary([C_LIBRARY], GETPID);
  assert.equal(functions.getpid(), Deno.pid);
});

Deno.test("other libraries are looked for in the system's folders, never in the current one", () => {
  const found = systemLibraries("libm.so.6");
  assert.ok(found.length > 0);
  for (const path of found) assert.match(path, /^\/(usr\/)?lib/);
  assert.deepEqual(systemLibraries("libnobody.so.9"), []);
});

Deno.test("a library that cannot be opened is an error that says why, and what to do", () => {
  assert.throws(() => openLibrary(["/nowhere/libx.so"], GETPID), {
    name: "EnvironmentError",
    code: "no-library",
    message:
      /^cannot open \/nowhere\/libx\.so: .*\. Run icecore on a Linux system/s,
  });
  assert.throws(() => openLibrary([], GETPID), { code: "no-library" });
});
