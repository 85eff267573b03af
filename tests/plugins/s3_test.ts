import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import {
  type Event,
  type GivenOptions,
  type Image,
  pipeline,
  recipes,
  type Step,
} from "../../mod.ts";
import s3 from "../../plugins/s3.ts";
import { partSizes } from "../../plugins/s3/part_sizes.ts";
import { assertNothingBuilt, ended, icecoreArgv, inLab, type Lab, start } from "../faults/lab.ts";
import { type S3Lab, s3Lab, type StoreOptions } from "./s3_lab.ts";

const MIB = 2 ** 20;
process.env["AWS_ACCESS_KEY_ID"] = "S3RVER";
process.env["AWS_SECRET_ACCESS_KEY"] = "S3RVER";

interface Run {
  readonly lab: Lab;
  readonly store: S3Lab;
  readonly events: Event[];
  /** Builds and uploads the lab's source. */
  build(options?: GivenOptions, more?: readonly Step[], signal?: AbortSignal): Promise<Image>;
}

/** Makes the steps behind it get a file instead of a stream. */
const still: Step = { name: "still", after: "hash", run: () => {} };

async function withStore(
  options: StoreOptions,
  body: (run: Run) => Promise<void>,
): Promise<void> {
  await inLab(async (lab) => {
    await using store = await s3Lab(lab.folder, options);
    const events: Event[] = [];
    await body({
      lab,
      store,
      events,
      async build(given = {}, more = [], signal) {
        let backup = pipeline(recipes.native);
        for (const step of [...more, s3]) backup = backup.use(step);
        const { image } = await backup
          .with("s3", {
            to: "s3://vault/backup",
            endpoint: store.endpoint,
            partSize: 5 * MIB,
            retries: 3,
            ...given,
          })
          .run({
            sources: [lab.source],
            output: lab.at("out.img"),
            force: true,
            emit: (event) => events.push(event),
            ...(signal === undefined ? {} : { signal }),
          });
        return image;
      },
    });
  });
}

/** A file that makes the image three parts long. */
function addLarge(lab: Lab, seed = 1): void {
  const bytes = new Uint8Array(12 * MIB);
  new Uint32Array(bytes.buffer).forEach((_, i, words) =>
    words[i] = Math.imul(i + seed, 2654435761)
  );
  writeFileSync(lab.at("source/large"), bytes);
}

function assertStored({ lab, store }: Run): void {
  const image = readFileSync(lab.at("out.img"));
  assert.ok(
    image.equals(store.object("backup/out.img") ?? new Uint8Array()),
    "the image is stored",
  );
  const line = new TextDecoder().decode(store.object("backup/out.img.sha512"));
  assert.equal(line, `${createHash("sha512").update(image).digest("hex")}  out.img\n`);
  assert.deepEqual(store.keys(), ["backup/out.img", "backup/out.img.sha512"]);
  assert.deepEqual(store.unfinished(), []);
}

function assertNothingStored({ store }: Run): void {
  assert.deepEqual(store.keys(), []);
  assert.deepEqual(store.unfinished(), []);
}

const said = (events: readonly Event[]): string[] =>
  events.flatMap((event) => event.type === "message" ? [event.text] : []);
const count = (store: S3Lab, kind: string) => store.requests.filter((each) => each === kind).length;

for (const [form, more] of [["streaming", []], ["file", [still]]] as const) {
  Deno.test(`a small image goes in one request, its digest behind it (${form} form)`, async () => {
    await withStore({}, async (run) => {
      const image = await run.build({}, more);
      assertStored(run);
      assert.deepEqual(run.store.requests.filter((kind) => kind.startsWith("P")), ["PUT", "PUT"]);
      const artifact = image.artifacts.find(({ kind }) => kind === "s3");
      assert.equal(artifact?.details?.["url"], "s3://vault/backup/out.img");
    });
  });

  Deno.test(`a large image goes in parts that the store has checked (${form} form)`, async () => {
    await withStore({ modern: true }, async (run) => {
      addLarge(run.lab);
      const image = await run.build({}, more);
      assertStored(run);
      assert.equal(count(run.store, "PUT part"), 3);
      assert.deepEqual(said(run.events).filter((text) => text.includes("MD5")), []);
      const last = run.events.findLast((event) => event.type === "progress" && event.step === "s3");
      assert.equal(last?.type === "progress" && last.done, image.sizeBytes);
    });
  });

  Deno.test(`parts that break or are refused are sent again (${form} form)`, async () => {
    const outcomes = ["cut", { status: 503, code: "SlowDown" }, "cut afterwards"] as const;
    const fault: StoreOptions["fault"] = (_request, part, count) =>
      part === 0 ? undefined : outcomes[count - 1];
    await withStore({ fault, modern: true }, async (run) => {
      addLarge(run.lab);
      await run.build({}, more);
      assertStored(run);
      assert.equal(
        said(run.events).filter((text) => /^part \d is sent again: /.test(text)).length,
        3,
      );
    });
  });

  Deno.test(`a store that is full ends the build and is left clean (${form} form)`, async () => {
    const fault: StoreOptions["fault"] = (_request, part) =>
      part === 2 ? { status: 507, code: "InsufficientStorage" } : undefined;
    await withStore({ fault }, async (run) => {
      addLarge(run.lab);
      await assert.rejects(
        run.build({}, more),
        /cannot upload s3:\/\/vault\/backup\/out\.img: the store is full\. Make room in it/,
      );
      assertNothingStored(run);
      await assertNothingBuilt(run.lab);
    });
  });

  Deno.test(`Ctrl-C during an upload leaves nothing that costs money (${form} form)`, async () => {
    const controller = new AbortController();
    const fault: StoreOptions["fault"] = (_request, part) => {
      if (part === 2) controller.abort();
      return undefined;
    };
    await withStore({ fault }, async (run) => {
      addLarge(run.lab);
      await assert.rejects(run.build({}, more, controller.signal), { code: "interrupted" });
      assert.equal(count(run.store, "POST begin"), 1);
      assertNothingStored(run);
      await assertNothingBuilt(run.lab);
    });
  });

  Deno.test(`a store that dies is named, and what may be left in it (${form} form)`, async () => {
    let store: S3Lab | undefined;
    const fault: StoreOptions["fault"] = (_request, part) => {
      if (part === 2) void store?.die();
      return undefined;
    };
    await withStore({ fault }, async (run) => {
      store = run.store;
      addLarge(run.lab);
      await assert.rejects(
        run.build({ retries: 1 }, more),
        /cannot upload .*: the connection failed: .*\. Check/,
      );
      assert.match(said(run.events).join("\n"), /may stay in the store .*abort-multipart-upload/);
      await assertNothingBuilt(run.lab);
    });
  });
}

Deno.test("a store that knows no SHA-256 is said to have confirmed MD5", async () => {
  await withStore({}, async (run) => {
    addLarge(run.lab);
    await run.build();
    assertStored(run);
    assert.match(
      said(run.events).join("\n"),
      /does not know SHA-256, and confirmed each part's MD5/,
    );
  });
});

Deno.test("an object that is there already is not overwritten, but on request", async () => {
  await withStore({ modern: true }, async (run) => {
    await run.build();
    const before = run.store.object("backup/out.img");
    writeFileSync(run.lab.at("source/more"), "more");
    await assert.rejects(
      run.build(),
      /there is an object of that name already. Choose another name/,
    );
    assert.deepEqual(run.store.object("backup/out.img"), before);
    await run.build({ overwrite: true });
    assertStored(run);
  });
});

for (const large of [false, true]) {
  const size = large ? "large" : "small";
  Deno.test(`a ${size} object that appears during the upload is not overwritten`, async () => {
    // The look beforehand does not see it, as if it came later.
    const fault: StoreOptions["fault"] = (request) =>
      request.method === "HEAD" && request.path.endsWith("out.img")
        ? { status: 404, code: "NotFound" }
        : undefined;
    await withStore({ fault, modern: true }, async (run) => {
      await run.build();
      const before = run.store.object("backup/out.img");
      writeFileSync(run.lab.at("source/more"), "more");
      if (large) addLarge(run.lab);
      await assert.rejects(
        run.build(),
        large ? /there is an object of that name/ : /404|object of/,
      );
      assert.deepEqual(run.store.object("backup/out.img"), before);
      assert.deepEqual(run.store.unfinished(), []);
    });
  });
}

Deno.test("an answer lost on completing is not taken for another's object", async () => {
  const fault: StoreOptions["fault"] = (request, _part, count) =>
    (request.method === "POST" && request.query["uploadId"] !== undefined && count === 1) ||
      (request.method === "PUT" && request.query["partNumber"] === undefined && count === 1)
      ? "cut afterwards"
      : undefined;
  await withStore({ fault, modern: true }, async (run) => {
    addLarge(run.lab);
    await run.build();
    assertStored(run);
  });
});

Deno.test("wrong credentials and buckets are told before anything is made", async () => {
  await withStore({}, async (run) => {
    await assert.rejects(run.build({ to: "s3://other/x" }), /there is no such bucket. Check s3.to/);
    await assert.rejects(run.build({ to: "vault" }), /it names no bucket. Write s3.to as/);
    await assert.rejects(run.build({ partSize: MIB }), /a store takes parts of 5M to 5G/);
    await assert.rejects(run.build({ parallel: 0 }), /expected a whole number from 1 to 64/);
    process.env["AWS_ACCESS_KEY_ID"] = "wrong";
    try {
      await assert.rejects(
        run.build(),
        /cannot upload s3:\/\/vault\/backup\/: the store refuses the credentials \(InvalidAccessKeyId\)/,
      );
    } finally {
      process.env["AWS_ACCESS_KEY_ID"] = "S3RVER";
    }
    assert.ok(!existsSync(run.lab.at("out.img")));
    assertNothingStored(run);
  });
});

Deno.test("with resume, the parts of a failed upload are not sent again", async () => {
  let isFailing = true;
  const fault: StoreOptions["fault"] = (_request, part) =>
    isFailing && part === 3 ? { status: 403, code: "AccessDenied" } : undefined;
  await withStore({ fault }, async (run) => {
    addLarge(run.lab);
    await assert.rejects(run.build({ resume: true, parallel: 1 }), /access denied/);
    assert.equal(run.store.unfinished().length, 1);
    assert.match(said(run.events).join("\n"), /stay in the store and cost money; the next build/);
    isFailing = false;
    const before = count(run.store, "PUT part");
    await run.build({ resume: true });
    assertStored(run);
    assert.equal(count(run.store, "PUT part") - before, 1);
  });
});

Deno.test("with resume, parts of another image are replaced", async () => {
  let isFailing = true;
  const fault: StoreOptions["fault"] = (_request, part) =>
    isFailing && part === 3 ? { status: 403, code: "AccessDenied" } : undefined;
  await withStore({ fault }, async (run) => {
    addLarge(run.lab);
    await assert.rejects(run.build({ resume: true, parallel: 1 }), /access denied/);
    isFailing = false;
    addLarge(run.lab, 2);
    await run.build({ resume: true });
    assertStored(run);
  });
});

Deno.test("when a later step or a side file fails, nothing stays in the store", async () => {
  const fault: StoreOptions["fault"] = (request) =>
    request.method === "PUT" && request.path.endsWith(".sha512")
      ? { status: 403, code: "AccessDenied" }
      : undefined;
  await withStore({ fault }, async (run) => {
    await assert.rejects(run.build(), /out\.img\.sha512: access denied/);
    assertNothingStored(run);
    await assertNothingBuilt(run.lab);
  });
  await withStore({}, async (run) => {
    addLarge(run.lab);
    const failing: Step = {
      name: "failing",
      after: "hash",
      passive: true,
      run: () => Promise.reject(new Error("no")),
    };
    await assert.rejects(run.build({}, [failing]), /step failing failed: no/);
    assertNothingStored(run);
  });
});

Deno.test("what a transform made is sent while it is made, with its own digest", async () => {
  await withStore({}, async (run) => {
    const shift: Step = {
      name: "shift",
      after: "hash",
      run: () => {},
      stream: () => ({
        name: "out.img.shifted",
        transform: new TransformStream({
          transform: (bytes, controller) =>
            controller.enqueue(bytes.map((byte: number) => byte + 1)),
        }),
      }),
    };
    addLarge(run.lab);
    await run.build({}, [shift]);
    const expected = Buffer.from(readFileSync(run.lab.at("out.img")).map((byte) => byte + 1));
    assert.ok(expected.equals(run.store.object("backup/out.img.shifted")!));
    const digest = createHash("sha512").update(expected).digest("hex");
    const line = new TextDecoder().decode(run.store.object("backup/out.img.shifted.sha512"));
    assert.equal(line, `${digest}  out.img.shifted\n`);
    assert.ok(!existsSync(run.lab.at("out.img.shifted")), "no second copy was made here");
  });
});

Deno.test("on the command line: stored, and Ctrl-C ends with 130 and an empty store", async () => {
  let child: Deno.ChildProcess | undefined;
  const fault: StoreOptions["fault"] = (_request, part) => {
    if (part === 2) child?.kill("SIGINT");
    return undefined;
  };
  await withStore({ fault }, async (run) => {
    const args = ["build", "source", "-o", "out.img", "--use", "s3", "--set", "s3.partSize=5M"];
    const argv = icecoreArgv([...args, "--set", "s3.to=s3://vault/backup"]);
    const env = {
      AWS_ENDPOINT_URL: run.store.endpoint,
      AWS_ACCESS_KEY_ID: "S3RVER",
      AWS_SECRET_ACCESS_KEY: "S3RVER",
    };
    addLarge(run.lab);
    child = start(run.lab, argv, { env });
    const interrupted = await ended(child);
    assert.equal(interrupted.code, 130, interrupted.stderr);
    assertNothingStored(run);
    await assertNothingBuilt(run.lab);
    child = undefined;
    const built = await ended(start(run.lab, argv, { env }));
    assert.equal(built.code, 0, built.stderr);
    assert.doesNotMatch(built.stderr + built.stdout, /S3RVER/);
    assertStored(run);
  });
});

Deno.test("parts grow so that 10,000 are enough", () => {
  const known = partSizes(8 * MIB, 5 * 2 ** 40);
  assert.ok(known(1) * 10_000 >= 5 * 2 ** 40);
  assert.equal(known(1), known(9999));
  const unknown = partSizes(8 * MIB);
  assert.equal(unknown(1000), 8 * MIB);
  let total = 0;
  for (let number = 1; number <= 10_000; number++) total += unknown(number);
  assert.ok(total > 3e12, `room for ${total}`);
});
