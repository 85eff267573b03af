import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, symlinkSync } from "node:fs";
import { loadStep } from "../../mod.ts";
import { assertNothingLeft, inLab } from "../faults/lab.ts";
import { attempt, attemptFile, put } from "./attempt.ts";

const script = (...lines: string[]): string =>
  ["#!/bin/sh -eu", ...lines, ""].join("\n");

Deno.test("a script gets the context as environment variables", async () => {
  await inLab(async (lab) => {
    const text = script(
      `# icecore: {"options": {"storageClass": {"type": "string", "help": "h", "default": "COLD"}}}`,
      `# icecore: {"options": {"tags": {"type": "strings", "help": "h"}}}`,
      `# icecore: {"options": {"twice": {"type": "boolean", "help": "h", "default": true}}}`,
      `env | grep ^ICECORE_ | grep -v ICECORE_OPT_TAGS= | sort > ${
        lab.at("seen")
      }`,
      `printf '%s' "$ICECORE_OPT_TAGS" > ${lab.at("tags")}`,
      `test -d "$ICECORE_WORKDIR" && test -f "$ICECORE_IMAGE"`,
    );
    const { result, message } = await attemptFile(lab, "look.sh", text, {
      options: { tags: "one,two" },
    });
    assert.equal(message, "");
    const seen = Object.fromEntries(
      readFileSync(lab.at("seen"), "utf8").trim().split("\n").map((line) =>
        line.split("=", 2)
      ),
    );
    const { image } = result!;
    assert.deepEqual({ ...seen, ICECORE_RUN: "", ICECORE_WORKDIR: "" }, {
      ...Object.fromEntries(
        Object.keys(seen).filter((name) => name === "two").map((n) => [n, ""]),
      ),
      ICECORE_BESIDE: `${image.path}.look.partial`,
      ICECORE_DIGEST: image.digests["sha512"],
      ICECORE_DIGEST_ALGORITHM: "sha512",
      ICECORE_FINAL: image.path,
      ICECORE_IMAGE: `${image.path}.partial`,
      ICECORE_MOUNTPOINT: "",
      ICECORE_NAME: "out.img",
      ICECORE_OPT_STORAGE_CLASS: "COLD",
      ICECORE_OPT_TWICE: "true",
      ICECORE_PAYLOAD: `${image.path}.partial`,
      ICECORE_PAYLOAD_NAME: "out.img",
      ICECORE_PHASE: "sealed",
      ICECORE_RUN: "",
      ICECORE_SIZE_BYTES: String(image.sizeBytes),
      ICECORE_SOURCE: lab.source,
      ICECORE_STEP: "look",
      ICECORE_WORKDIR: "",
    });
    assert.equal(readFileSync(lab.at("tags"), "utf8"), "one\ntwo");
  });
});

Deno.test("a script gets the same as one JSON document on stdin", async () => {
  await inLab(async (lab) => {
    const text = script(`cat > ${lab.at("seen")}`);
    const { result } = await attemptFile(lab, "look.sh", text, {
      options: { timeout: 60 },
    });
    const seen = JSON.parse(readFileSync(lab.at("seen"), "utf8"));
    assert.deepEqual(Object.keys(seen).sort(), [
      ...[
        "beside",
        "image",
        "options",
        "output",
        "payload",
        "sources",
        "step",
        "workdir",
      ],
    ]);
    assert.deepEqual(seen.options, { timeout: 60 });
    assert.deepEqual(seen.image.digests, result!.image.digests);
    assert.deepEqual(seen.image.report, result!.image.report);
    assert.deepEqual(seen.sources, [lab.source]);
  });
});

Deno.test("a script that does not read its stdin does no harm", async () => {
  await inLab(async (lab) => {
    assert.equal(
      (await attemptFile(lab, "x.sh", script("exec <&-; sleep 0.05"))).message,
      "",
    );
  });
});

Deno.test("events of a script are the step's, stderr is passed on, problems are reported", async () => {
  await inLab(async (lab) => {
    const problem = `{"kind":"altered","path":"a","reason":"b"}`;
    const text = script(
      `echo '{"type":"message","level":"warning","text":"mind the gap"}'`,
      `echo`,
      `echo '{"type":"progress","done":1,"total":2,"unit":"files"}'`,
      `echo '{"type":"problem","problem":${problem}}'`,
      `echo 'in words' >&2`,
      `printf '{"artifacts":[{"kind":"url","path":"s3://vault/x","details":{"parts":3}}]}'`,
    );
    const { result, events, texts } = await attemptFile(lab, "tell.sh", text);
    const own = events.filter((event) =>
      "step" in event && event.step === "tell"
    );
    const { type } = own.find((event) => event.type === "progress")!;
    assert.equal(type, "progress");
    assert.deepEqual(texts.toSorted(), ["mind the gap", "tell: in words"]);
    assert.deepEqual(result!.image.report.problems, [JSON.parse(problem)]);
    assert.deepEqual(result!.image.artifacts.at(-1), {
      kind: "url",
      path: "s3://vault/x",
      finalPath: "s3://vault/x",
      details: { parts: 3 },
    });
  });
});

Deno.test("what a script makes beside the image takes its name with the image", async () => {
  await inLab(async (lab) => {
    const text = script(
      `gzip -c "$ICECORE_IMAGE" > "$ICECORE_BESIDE"`,
      `jq='{"artifacts":[{"kind":"gz","path":"%s","finalPath":"%s.gz"}],"payload":{"path":"%s","name":"%s.gz"}}'`,
      `printf "$jq" "$ICECORE_BESIDE" "$ICECORE_FINAL" "$ICECORE_BESIDE" "$ICECORE_NAME"`,
    );
    const second = await loadStep(put(
      lab,
      "send.sh",
      script(`cp "$ICECORE_PAYLOAD" "${lab.at("sent-")}$ICECORE_PAYLOAD_NAME"`),
    ));
    const { result, message } = await attempt(
      lab,
      await loadStep(put(lab, "pack-it.sh", text)),
      {},
      [second],
    );
    assert.equal(message, "");
    const { artifacts, path } = result!.image;
    assert.equal(artifacts.at(-1)!.path, `${path}.gz`);
    const unpacked = spawnSync("gzip", ["-dc", lab.at("sent-out.img.gz")], {
      maxBuffer: 2 ** 24,
    });
    assert.deepEqual(
      new Uint8Array(unpacked.stdout),
      new Uint8Array(readFileSync(path)),
    );
    await assertNothingLeft(lab);
  });
});

Deno.test("a script that says it changes the image has the digest and the side file made anew", async () => {
  await inLab(async (lab) => {
    const text = script(
      `# icecore: {"name": "append", "after": "hash", "changes": true}`,
      `printf extra >> "$ICECORE_IMAGE"`,
    );
    const { result, message, events } = await attemptFile(
      lab,
      "changer.sh",
      text,
    );
    assert.equal(message, "");
    const { image } = result!;
    assert.equal(readFileSync(image.path).length, image.sizeBytes);
    const check = spawnSync("sha512sum", ["-c", "out.img.sha512"], {
      cwd: lab.folder,
    });
    assert.equal(check.stdout.toString(), "out.img: OK\n");
    const order = events.flatMap((event) =>
      event.type === "step-finished" ? [event.step] : []
    );
    assert.deepEqual(order, ["scan", "pack", "hash", "append", "hash"]);
    await assertNothingLeft(lab);
  });
});

Deno.test("a header may be spread over lines, in the comments of any language", async () => {
  await inLab(async (lab) => {
    const text = [
      "#!/usr/bin/env node",
      `// icecore: {"name": "up", "summary": "send it", "before": "hash", "tools": ["ls"]}`,
      `//   icecore: {"timeout": 9, "privileged": false, "accepts": ["sealed"]}`,
    ].join("\n");
    const { run: _, preview: __, options, ...step } = await loadStep(
      put(lab, "x", text),
    );
    assert.deepEqual(step, {
      name: "up",
      summary: "send it",
      before: "hash",
      tools: ["ls"],
      privileged: false,
      accepts: ["sealed"],
      shell: false,
    });
    assert.equal(options!["timeout"]!.default, 9);
  });
});

Deno.test("a program without comments is described by a file beside it", async () => {
  await inLab(async (lab) => {
    symlinkSync("/bin/true", lab.at("tool"));
    put(lab, "tool.icecore.json", `{"name": "real-tool", "after": "pack"}`);
    const step = await loadStep(lab.at("tool"));
    assert.deepEqual([step.name, step.after], ["real-tool", "pack"]);
    assert.equal((await attempt(lab, step)).message, "");
  });
});

const names: readonly (readonly [file: string, name: string])[] = [
  ["upload.sh", "upload"],
  ["01_Upload Twice.py", "upload-twice"],
  ["send-it", "send-it"],
  ["9.sh", "script"],
];

for (const [file, name] of names) {
  Deno.test(`the file ${file} is the step ${name} where it says nothing else`, async () => {
    await inLab(async (lab) => {
      assert.equal((await loadStep(put(lab, file, "#!/bin/sh\n"))).name, name);
    });
  });
}
