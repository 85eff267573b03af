/**
 * Which proxy a request goes through, by the variables that `fetch` of both runtimes goes by.
 * @module
 */

import { urlWithoutSecrets } from "./location_secrets.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** A proxy as it may be shown, and the variable that names it. */
export interface NamedProxy {
  readonly shown: string;
  readonly variable: string;
}

/** @returns `undefined` where there is none, or `NO_PROXY` excepts the host. */
export function proxyFor(url: URL, environment: Environment): NamedProxy | undefined {
  const names = url.protocol === "https:"
    ? ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
    : ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];
  const variable = names.find((name) => (environment[name] ?? "") !== "");
  if (variable === undefined || isExcepted(url, environment)) return undefined;
  const shown = urlWithoutSecrets(environment[variable]!).replace(/\/$/, "");
  return { shown, variable };
}

function isExcepted({ hostname, port }: URL, environment: Environment): boolean {
  const list = environment["no_proxy"] || environment["NO_PROXY"] || "";
  return list.split(/[\s,]+/).filter((entry) => entry !== "").some((entry) => {
    if (entry === "*") return true;
    const [, name = "", onlyPort] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(entry) ?? [];
    if (onlyPort !== undefined && onlyPort !== port) return false;
    return hostname === name || hostname.endsWith(`.${name}`);
  });
}
