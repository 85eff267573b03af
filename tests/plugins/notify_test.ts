import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { BuildEvent, OptionValues } from "../../mod.ts";
import notify from "../../plugins/notify.ts";
import {
  build,
  type Built,
  inPlace,
  namesIn,
  type Place,
  sha512Of,
  type Used,
} from "./building.ts";

interface Call {
  readonly method: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly summary: Readonly<Record<string, unknown>>;
}

interface Server {
  readonly url: string;
  readonly calls: readonly Call[];
}

/** A server that answers as asked; the number of the call is given. */
async function withServer(
  answer: (response: ServerResponse, count: number) => void,
  use: (server: Server) => Promise<void>,
): Promise<void> {
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const { method, headers } = request;
    calls.push({ method, headers, summary: JSON.parse(body) });
    answer(response, calls.length);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await use({ url: `http://127.0.0.1:${port}/hooks/s3cr3t-path`, calls });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const status = (code: number) => (response: ServerResponse) =>
  void response.writeHead(code).end("words of the server");

const failing: Used = [{
  name: "failing",
  run: () => Promise.reject(new Error("it broke")),
}];

/** Warnings of a build, also of one that fails. */
async function warningsOf(
  place: Place,
  used: readonly Used[],
  more: { readonly signal?: AbortSignal } = {},
): Promise<
  { built?: Built; error?: Error; warnings: string[]; events: BuildEvent[] }
> {
  const events: BuildEvent[] = [];
  const emit = (event: BuildEvent) => void events.push(event);
  const outcome = await build(place, used, "stream", { ...more, emit })
    .then((built) => ({ built }), (error: Error) => ({ error }));
  const warnings = events.flatMap((event) =>
    event.type === "message" && event.level === "warning" ? [event.text] : []
  );
  return { ...outcome, warnings, events };
}

Deno.test("a webhook is notified of success, with all that was made, once the image is out", async () => {
  await inPlace(async (place) => {
    let wasOut = false;
    const look = (response: ServerResponse) => {
      wasOut = existsSync(place.image);
      status(200)(response);
    };
    await withServer(look, async ({ url, calls }) => {
      await build(place, [[notify, { url, token: "t0ken-of-ours" }]]);
      assert.equal(calls.length, 1);
      const { method, headers, summary } = calls[0]!;
      assert.equal(method, "POST");
      assert.equal(headers["content-type"], "application/json");
      assert.equal(headers.authorization, "Bearer t0ken-of-ours");
      assert.equal(summary["type"], "icecore-build");
      assert.equal(summary["status"], "succeeded");
      const image = summary["image"] as {
        path: string;
        digests: Record<string, string>;
      };
      assert.equal(image.path, place.image);
      assert.equal(image.digests["sha512"], sha512Of(place.image));
      assert.ok(wasOut);
    });
  });
});

Deno.test("a webhook is notified of failure, with the step and why", async () => {
  await inPlace(async (place) => {
    await withServer(status(204), async ({ url, calls }) => {
      await assert.rejects(
        build(place, [[notify, { url }], failing]),
        /it broke/,
      );
      const { status: how, step, code, message } = calls[0]!.summary;
      assert.deepEqual([how, step, code, message], [
        "failed",
        "failing",
        "step-failed",
        "step failing failed: it broke",
      ]);
    });
  });
});

Deno.test("a webhook is notified of an output that is in the way, and of Ctrl-C", async () => {
  await inPlace(async (place) => {
    await withServer(status(200), async ({ url, calls }) => {
      writeFileSync(place.image, "");
      await assert.rejects(build(place, [[notify, { url }]]), /exists already/);
      const signal = AbortSignal.abort();
      await assert.rejects(
        build(place, [[notify, { url }]], "stream", { signal }),
        /interrupted/,
      );
      const reported = calls.map((
        { summary },
      ) => [summary["status"], summary["code"]]);
      assert.deepEqual(reported, [["failed", "output-exists"], [
        "interrupted",
        "interrupted",
      ]]);
    });
  });
});

Deno.test("only what is asked for is reported: success, or failure", async () => {
  for (const on of ["success", "failure"]) {
    await inPlace(async (place) => {
      await withServer(status(200), async ({ url, calls }) => {
        await build(place, [[notify, { url, on }]]);
        await assert.rejects(
          build(place, [[notify, { url, on }]]),
          /exists already/,
        );
        assert.deepEqual(calls.map(({ summary }) => summary["status"]), [
          on === "success" ? "succeeded" : "failed",
        ]);
      });
    });
  }
});

Deno.test("a server with a fault is asked again, until it answers", async () => {
  await inPlace(async (place) => {
    const third = (response: ServerResponse, count: number) =>
      status(count < 3 ? 503 : 200)(response);
    await withServer(third, async ({ url, calls }) => {
      const { built, warnings } = await warningsOf(place, [[notify, { url }]]);
      assert.ok(built !== undefined);
      assert.deepEqual(warnings, []);
      assert.equal(calls.length, 3);
    });
  });
});

/** Receivers that do not take it, and what is said. */
const DEAF: readonly (readonly [string, number, OptionValues, string])[] = [
  [
    "answers 500",
    500,
    { retries: 1 },
    "the webhook answered with status 500, tried 2 times",
  ],
  ["answers 404", 404, { retries: 5 }, "the webhook answered with status 404"],
  ["redirects", 302, { retries: 5 }, "the webhook answered with status 302"],
  [
    "does not answer",
    0,
    { retries: 0, timeout: 0.3 },
    "no answer within 0.3 s",
  ],
];

for (const [what, code, given, why] of DEAF) {
  const answer = (response: ServerResponse) =>
    code === 0 ? undefined : status(code)(response);

  Deno.test(`a webhook that ${what} is a warning, and the image stays`, async () => {
    await inPlace(async (place) => {
      await withServer(answer, async ({ url }) => {
        const { built, warnings, events } = await warningsOf(place, [[notify, {
          url,
          ...given,
        }]]);
        assert.equal(built?.image.path, place.image);
        assert.deepEqual(warnings, [
          `cannot report how the build ended: ${why}. Look at the receiver of notify.`,
        ]);
        assert.doesNotMatch(JSON.stringify(events), /s3cr3t/);
        assert.deepEqual(namesIn(place), ["photos.img", "photos.img.sha512"]);
      });
    });
  });

  Deno.test(`a webhook that ${what} fails the build where it is required; the image stays`, async () => {
    await inPlace(async (place) => {
      await withServer(answer, async ({ url }) => {
        const used: Used[] = [[notify, { url, ...given, required: true }]];
        const { error } = await warningsOf(place, used);
        assert.match(
          error!.message,
          /^step notify failed: cannot report how the build ended/,
        );
        assert.doesNotMatch(`${error!.stack} ${error!.cause}`, /s3cr3t/);
        assert.deepEqual(namesIn(place), ["photos.img", "photos.img.sha512"]);
      });
    });
  });
}

Deno.test("a server that is not there is a warning without its address", async () => {
  await inPlace(async (place) => {
    let gone = "";
    await withServer(
      status(200),
      ({ url }) => Promise.resolve(void (gone = url)),
    );
    const { warnings, events } = await warningsOf(place, [[notify, {
      url: gone,
      retries: 0,
    }]]);
    assert.match(warnings[0]!, /the webhook cannot be reached\. Look at/);
    assert.doesNotMatch(JSON.stringify(events), /s3cr3t|127\.0\.0\.1/);
  });
});

Deno.test("a failure is not hidden by a webhook that is deaf", async () => {
  await inPlace(async (place) => {
    await withServer(status(500), async ({ url }) => {
      const used: Used[] = [
        [notify, { url, required: true, retries: 0 }],
        failing,
      ];
      const { error, warnings } = await warningsOf(place, used);
      assert.equal(error!.message, "step failing failed: it broke");
      assert.match(warnings[0]!, /status 500/);
    });
  });
});

/** A program that notes its stdin. */
function noting(place: Place, more = ""): string {
  const path = `${place.folder}/note`;
  writeFileSync(path, `#!/bin/sh\ncat > "$1"\n${more}\n`);
  chmodSync(path, 0o755);
  return path;
}

Deno.test("a command gets the summary as JSON on stdin, on success and on failure", async () => {
  await inPlace(async (place) => {
    const reported = `${place.folder}/reported`;
    const command = [noting(place), reported];
    await build(place, [[notify, { command }]]);
    assert.equal(
      JSON.parse(readFileSync(reported, "utf8")).status,
      "succeeded",
    );
    await assert.rejects(
      build(place, [[notify, { command }]]),
      /exists already/,
    );
    assert.equal(JSON.parse(readFileSync(reported, "utf8")).status, "failed");
  });
});

Deno.test("a command that fails, is missing or hangs is a warning; one that reads nothing is not", async () => {
  await inPlace(async (place) => {
    const note = noting(place, "echo no paper >&2; exit 3");
    const cases: readonly (readonly [readonly string[], RegExp | undefined])[] =
      [
        [
          [note, "/dev/null"],
          /cannot run .*note: it ended with exit code 3: no paper/,
        ],
        [
          ["no-such-program"],
          /cannot run no-such-program: .*not found in PATH/,
        ],
        [["true"], undefined],
        [["sh", "-c", "sleep 100 & wait"], /no answer within 0\.5 s/],
      ];
    for (const [command, message] of cases) {
      const used: Used[] = [[notify, {
        command: [...command],
        retries: 0,
        timeout: 0.5,
      }]];
      const { warnings } = await warningsOf({
        ...place,
        image: `${place.image}.${command[0]!.length}`,
      }, used);
      assert.equal(warnings.length, message === undefined ? 0 : 1, warnings[0]);
      if (message !== undefined) assert.match(warnings[0]!, message);
    }
  });
});

const REFUSED: Readonly<Record<string, readonly [OptionValues, RegExp]>> = {
  "no receiver": [{}, /cannot notify: no receiver is given/],
  "a webhook and a command": [
    { url: "http://x/", command: ["true"] },
    /a webhook and a command at once/,
  ],
  "an address of another scheme": [
    { url: "ftp://x/s3cr3t" },
    /notify\.url is not an http or https address/,
  ],
  "a time of nothing": [
    { command: ["true"], timeout: 0 },
    /cannot set notify\.timeout to 0/,
  ],
  "a number of tries below none": [
    { command: ["true"], retries: -1 },
    /cannot set notify\.retries to -1/,
  ],
};

for (const [what, [given, message]] of Object.entries(REFUSED)) {
  Deno.test(`${what} is refused before anything is made`, async () => {
    await inPlace(async (place) => {
      await assert.rejects(build(place, [[notify, given]]), (error: Error) => {
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /s3cr3t/);
        return true;
      });
      assert.deepEqual(namesIn(place), []);
    });
  });
}
