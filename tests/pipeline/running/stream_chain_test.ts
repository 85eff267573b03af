import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Image, Step } from "../../../mod.ts";
import { Pipeline } from "../../../pipeline/pipeline.ts";
import { payloadOf } from "../../../plugin.ts";
import { fakeMachine } from "../fake_machine.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const sha512 = (text: string): string =>
  createHash("sha512").update(text).digest("hex");

/** Makes an "image" of three pieces. */
const maker: Step = {
  name: "maker",
  leaves: "sealed",
  shell: false,
  streams: true,
  async run(image, { tap }) {
    for (const piece of ["ice", " ", "core"]) await tap?.(bytes(piece));
    return { ...image, sizeBytes: 8, digests: { sha512: sha512("ice core") } };
  },
};

/** Turns letters to capitals. */
const shout: Step = {
  name: "shout",
  shell: false,
  run: () => assert.fail("the streaming form is used"),
  stream: ({ name }) => ({
    name: `${name}.loud`,
    transform: new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        controller.enqueue(
          bytes(new TextDecoder().decode(chunk).toUpperCase()),
        );
      },
    }),
  }),
};

interface Store {
  content: string;
  readonly calls: string[];
}

function keeper(store: Store, name = "keeper"): Step {
  return {
    name,
    shell: false,
    run: () => assert.fail("the streaming form is used"),
    stream: (start) => ({
      sink: new WritableStream<Uint8Array>({
        write(chunk) {
          store.content += new TextDecoder().decode(chunk);
        },
        close: () => void store.calls.push(`closed ${start.name}`),
      }),
      finish: (_image, stored) => {
        store.calls.push(
          `finished ${stored.name} ${stored.sizeBytes} ${
            stored.digests["sha512"]
          }`,
        );
        return Promise.resolve();
      },
      abort: (reason) => {
        store.calls.push(`aborted ${(reason as Error).message}`);
        return Promise.resolve();
      },
    }),
  };
}

const passive: Step = {
  name: "look",
  shell: false,
  passive: true,
  run: () => {},
};

async function build(
  steps: readonly Step[],
): Promise<{ image: Image; written: Map<string, string> }> {
  const machine = fakeMachine();
  const recipe = { name: "test", summary: "", steps };
  const { image } = await Pipeline.of(recipe, machine).run({
    sources: [],
    output: "/o/x.img",
  });
  return { image, written: machine.written };
}

const request = { sources: [], output: "/o/x.img" };

Deno.test("a transform and a sink get the bytes while the image is made", async () => {
  const store: Store = { content: "", calls: [] };
  const { image } = await build([maker, passive, shout, keeper(store)]);
  assert.equal(store.content, "ICE CORE");
  const digest = sha512("ICE CORE");
  assert.deepEqual(store.calls, [
    "closed x.img.loud",
    `finished x.img.loud 8 ${digest}`,
  ]);
  assert.deepEqual(payloadOf(image), {
    path: "-",
    name: "x.img.loud",
    sizeBytes: 8,
    digests: { sha512: digest },
  });
  assert.equal(
    image.digests["sha512"],
    sha512("ice core"),
    "the plain image's own digest stays",
  );
});

Deno.test("several sinks of one flow all get it, before and behind a transform", async () => {
  const stores = Array.from(
    { length: 3 },
    (): Store => ({ content: "", calls: [] }),
  );
  const [plain, one, other] = stores.map((store, i) =>
    keeper(store, `keeper${i}`)
  );
  await build([maker, plain!, shout, one!, other!]);
  assert.deepEqual(stores.map(({ content }) => content), [
    "ice core",
    "ICE CORE",
    "ICE CORE",
  ]);
  assert.equal(stores[0]!.calls[1], `finished x.img 8 ${sha512("ice core")}`);
});

Deno.test("what a transform writes by itself gets to those behind it, however slow to begin", async () => {
  const store: Store = { content: "", calls: [] };
  const early: Step = {
    name: "early",
    shell: false,
    run: () => {},
    stream: () => ({
      transform: new TransformStream({
        start: (controller) =>
          controller.enqueue(new TextEncoder().encode("header ")),
      }),
    }),
  };
  const late = keeper(store);
  const slow: Step = {
    ...late,
    async stream(start, context) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return await late.stream!(start, context);
    },
  };
  await build([maker, early, slow]);
  assert.equal(store.content, "header ice core");
});

Deno.test("what the last transform makes becomes a file beside the image", async () => {
  const { image, written } = await build([maker, shout]);
  assert.equal(written.get("/o/x.img.loud.partial"), "ICE CORE");
  assert.deepEqual(
    image.artifacts.map(({ kind, finalPath }) => [kind, finalPath]),
    [
      ["shout", "/o/x.img.loud"],
      ["sha512", "/o/x.img.loud.sha512"],
    ],
  );
  const line = `${sha512("ICE CORE")}  x.img.loud\n`;
  assert.equal(written.get("/o/x.img.loud.sha512.partial"), line);
});

Deno.test("a step without a streaming form ends the chain, and gets files", async () => {
  const store: Store = { content: "", calls: [] };
  const seen: string[] = [];
  const file: Step = {
    name: "file",
    shell: false,
    run: (image) => void seen.push(payloadOf(image).path),
  };
  const afterwards: Step = {
    ...keeper(store),
    run: (image) => void seen.push(image.name),
  };
  await build([maker, shout, file, afterwards]);
  assert.deepEqual(seen, ["/o/x.img.loud.partial", "x.img"]);
  assert.equal(store.content, "");
});

Deno.test("when a later step fails, nothing that was streamed is made final", async () => {
  const store: Store = { content: "", calls: [] };
  const failing: Step = {
    name: "failing",
    shell: false,
    passive: true,
    run: () => Promise.reject(new Error("no")),
  };
  const recipe = {
    name: "test",
    summary: "",
    steps: [maker, failing, keeper(store)],
  };
  await assert.rejects(
    Pipeline.of(recipe, fakeMachine()).run(request),
    /step failing failed: no/,
  );
  assert.deepEqual(store.calls, ["closed x.img", "aborted the build failed"]);
});

Deno.test("a sink that fails ends the build, and the others are aborted", async () => {
  const store: Store = { content: "", calls: [] };
  const broken: Step = {
    name: "broken",
    shell: false,
    run: () => {},
    stream: () => ({
      sink: new WritableStream({
        write: () => Promise.reject(new Error("server gone")),
      }),
    }),
  };
  const recipe = {
    name: "test",
    summary: "",
    steps: [maker, shout, broken, keeper(store)],
  };
  await assert.rejects(
    Pipeline.of(recipe, fakeMachine()).run(request),
    /^StepError: step broken failed: server gone/,
  );
  assert.deepEqual(
    store.calls.filter((call) => call.startsWith("finished")),
    [],
  );
  assert.equal(
    store.calls.filter((call) => call.startsWith("aborted")).length,
    1,
  );
});

Deno.test("what cannot be undone is reported behind why a stage did not begin", async () => {
  const stuck: Step = {
    name: "stuck",
    shell: false,
    run: () => {},
    stream: () => ({
      sink: new WritableStream(),
      abort: () => Promise.reject(new Error("cannot take it back")),
    }),
  };
  const closed: Step = {
    name: "closed",
    shell: false,
    run: () => {},
    stream: () => Promise.reject(new Error("nobody is there")),
  };
  const recipe = { name: "test", summary: "", steps: [maker, stuck, closed] };
  await assert.rejects(
    Pipeline.of(recipe, fakeMachine()).run(request),
    /^StepError: step closed failed: nobody is there\. Then: cannot clean up: cannot take it back\./,
  );
});

Deno.test("a slow sink sets the pace: the bytes in hand stay few", async () => {
  let inHand = 0;
  let most = 0;
  const flood: Step = {
    ...maker,
    async run(image, { tap }) {
      for (let i = 0; i < 50; i++) {
        inHand++;
        most = Math.max(most, inHand);
        await tap!(bytes("x"));
      }
      return { ...image, sizeBytes: 50, digests: { sha512: "" } };
    },
  };
  const slow: Step = {
    name: "slow",
    shell: false,
    run: () => {},
    stream: () => ({
      sink: new WritableStream<Uint8Array>({
        async write() {
          await new Promise((resolve) => setTimeout(resolve, 1));
          inHand--;
        },
      }),
    }),
  };
  await build([flood, slow]);
  assert.ok(most <= 3, `${most} pieces were in hand at once`);
});

Deno.test("a streaming form that is neither a transform nor a sink is explained", async () => {
  const wrong: Step = {
    name: "wrong",
    shell: false,
    run: () => {},
    stream: () => ({}),
  };
  await assert.rejects(
    build([maker, wrong]),
    /step wrong failed: its streaming form has neither a transform/,
  );
});

Deno.test("a file that the last transform made is removed when a later step fails", async () => {
  const machine = fakeMachine();
  const failing: Step = {
    name: "failing",
    shell: false,
    passive: true,
    run: () => Promise.reject(new Error("no")),
  };
  const recipe = { name: "test", summary: "", steps: [maker, failing, shout] };
  await assert.rejects(
    Pipeline.of(recipe, machine).run(request),
    /step failing failed: no/,
  );
  assert.deepEqual([...machine.written], []);
});

Deno.test("an image that goes to stdout cannot be given to a step that needs a file", async () => {
  const file: Step = { name: "file", shell: false, run: () => {} };
  const recipe = { name: "test", summary: "", steps: [maker, file] };
  const toStdout = { sources: [], output: "-" };
  await assert.rejects(
    Pipeline.of(recipe, fakeMachine()).run(toStdout),
    /cannot run file on an image that goes to stdout: it needs a file/,
  );
  const recipeFed = {
    ...recipe,
    steps: [maker, passive, keeper({ content: "", calls: [] })],
  };
  await Pipeline.of(recipeFed, fakeMachine()).run(toStdout);
});
