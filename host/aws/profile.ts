/**
 * The settings of a profile in `~/.aws/config` that say where a store is.
 * @module
 */

import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** What is used of a profile. */
export interface AwsProfile {
  readonly region?: string;
  /** Of the service s3, else of all services. */
  readonly endpoint?: string;
  readonly caBundle?: string;
}

/** The profile that the environment names. A file that cannot be read has no settings. */
export function awsProfile(environment: Readonly<Record<string, string | undefined>>): AwsProfile {
  const home = environment["HOME"] || homedir();
  const path = environment["AWS_CONFIG_FILE"] || join(home, ".aws/config");
  const sections = sectionsOf(textOf(path));
  const name = environment["AWS_PROFILE"] || "default";
  const profile = sections.get(`profile ${name}`) ?? sections.get(name);
  const services = sections.get(`services ${profile?.get("services")}`);
  const region = profile?.get("region");
  const endpoint = services?.get("s3.endpoint_url") ?? profile?.get("endpoint_url");
  const caBundle = profile?.get("ca_bundle");
  const ignoresEndpoint = profile?.get("ignore_configured_endpoint_urls") === "true";
  return {
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && !ignoresEndpoint && { endpoint }),
    ...(caBundle !== undefined && { caBundle }),
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // The AWS client reads the same file for credentials, and says what it lacks.
    return "";
  }
}

/** Sections by name; a setting below another is called `ABOVE.NAME`. */
function sectionsOf(text: string): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let section = new Map<string, string>();
  let above = "";
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const name = /^\s*\[\s*([^\]]*?)\s*\]/.exec(line)?.[1]?.replace(/\s+/g, " ").replaceAll(
      '"',
      "",
    );
    if (name !== undefined) {
      section = sections.get(name) ?? new Map();
      sections.set(name, section);
      continue;
    }
    const [, indent = "", key = "", value = ""] = /^(\s*)([^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (indent === "") above = key;
    section.set(indent === "" ? key : `${above}.${key}`, value.replace(/\s[#;].*$/, ""));
  }
  return sections;
}
