// Judges every path a tool is about to use: what lies outside an agent's folders is refused, wherever links lead.
import { fileURLToPath } from "node:url";
import { join, resolve } from "node:path";
import { liesIn, realPlace } from "../io/index.ts";
import type { FileAccess, FileUse } from "./contract.ts";

export type AccessRules = {
  /** Absolute, links resolved; relative paths count from the first. */
  readonly reads: readonly string[];
  /** What may be written; all of it may be read. */
  readonly writes: readonly string[];
  readonly home: string;
};

export function fileAccess({ reads, writes, home }: AccessRules): FileAccess {
  const folders = [...new Set([...reads, ...writes])];
  return {
    folders,
    async refusal(path, use) {
      const place = await placeOf(path, { base: folders[0] ?? "/", home });
      if ("problem" in place) return `${JSON.stringify(path)} cannot be used: ${place.problem}.`;
      const allowed = use === "read" ? folders : writes;
      if (allowed.some((folder) => liesIn(place.real, folder))) return null;
      return refusalText(path, use, allowed);
    },
  };
}

function refusalText(path: string, use: FileUse, allowed: readonly string[]): string {
  const said = JSON.stringify(path);
  if (allowed.length === 0) return `${said} may not be written: there is no folder you may write to.`;
  return `${said} may not be ${use === "read" ? "read" : "written"}: it lies outside ${allowed.join(", ")}.`;
}

type Place = { readonly real: string } | { readonly problem: string };

async function placeOf(path: string, { base, home }: { readonly base: string; readonly home: string }): Promise<Place> {
  if (path.includes("\0")) return { problem: "it holds a zero character" };
  try {
    return { real: await realPlace(resolve(base, plain(path, home))) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** A home folder and `file:` addresses in the form of a path. */
function plain(path: string, home: string): string {
  if (/^file:/i.test(path)) return fileURLToPath(path);
  return path === "~" || /^~[\\/]/.test(path) ? join(home, path.slice(1)) : path;
}
