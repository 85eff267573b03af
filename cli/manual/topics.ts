/**
 * The pages of the documentation, which are a part of the executable: `icecore help TOPIC`.
 * @module
 */

import age from "../../docs/age.md" with { type: "text" };
import backups from "../../docs/backups.md" with { type: "text" };
import benchmarks from "../../docs/benchmarks.md" with { type: "text" };
import building from "../../docs/building.md" with { type: "text" };
import catalogue from "../../docs/catalogue.md" with { type: "text" };
import comparison from "../../docs/comparison.md" with { type: "text" };
import cookbook from "../../docs/cookbook.md" with { type: "text" };
import importing from "../../docs/importing.md" with { type: "text" };
import json from "../../docs/json.md" with { type: "text" };
import native from "../../docs/native.md" with { type: "text" };
import nights from "../../docs/nights.md" with { type: "text" };
import notify from "../../docs/notify.md" with { type: "text" };
import par2 from "../../docs/par2.md" with { type: "text" };
import plugins from "../../docs/plugins.md" with { type: "text" };
import reading from "../../docs/reading.md" with { type: "text" };
import recipes from "../../docs/recipes.md" with { type: "text" };
import releasing from "../../docs/releasing.md" with { type: "text" };
import report from "../../docs/report.md" with { type: "text" };
import restoring from "../../docs/restoring.md" with { type: "text" };
import s3 from "../../docs/s3.md" with { type: "text" };
import security from "../../docs/security.md" with { type: "text" };
import serve from "../../docs/serve.md" with { type: "text" };
import sharing from "../../docs/sharing.md" with { type: "text" };
import split from "../../docs/split.md" with { type: "text" };
import ssh from "../../docs/ssh.md" with { type: "text" };
import steps from "../../docs/steps.md" with { type: "text" };
import tls from "../../docs/tls.md" with { type: "text" };
import troubleshooting from "../../docs/troubleshooting.md" with { type: "text" };
import verity from "../../docs/verity.md" with { type: "text" };
import volumeQueue from "../../docs/volume-queue.md" with { type: "text" };
import volumes from "../../docs/volumes.md" with { type: "text" };
import writingAStep from "../../docs/writing-a-step.md" with { type: "text" };
import zstd from "../../docs/zstd.md" with { type: "text" };

/** The pages by topic, as Markdown. */
export const TOPICS: Readonly<Record<string, string>> = {
  age,
  backups,
  benchmarks,
  building,
  catalogue,
  comparison,
  cookbook,
  importing,
  json,
  native,
  nights,
  notify,
  par2,
  plugins,
  reading,
  recipes,
  releasing,
  report,
  restoring,
  s3,
  security,
  serve,
  sharing,
  split,
  ssh,
  steps,
  tls,
  troubleshooting,
  verity,
  "volume-queue": volumeQueue,
  volumes,
  "writing-a-step": writingAStep,
  zstd,
};

/** A line a topic, with the title of its page. */
export function topicList(): string {
  const width = Math.max(...Object.keys(TOPICS).map((name) => name.length));
  return Object.entries(TOPICS).map(([name, page]) =>
    `  ${name.padEnd(width)}  ${/^# (.*)$/m.exec(page)?.[1] ?? ""}`
  ).join("\n");
}
