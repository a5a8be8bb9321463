// Where a path really leads, links followed, also where its last parts do not exist yet.
import { promises as fs } from "node:fs";
import path from "node:path";
import { systemErrorCode } from "./files.ts";

const MOST_PARTS = 256;

/** Absolute. Rejects with the system's error where a part cannot be looked at, with ELOOP where a link leads nowhere. */
export async function realPlace(place: string): Promise<string> {
  const absolute = path.resolve(place);
  const missing: string[] = [];
  for (let at = absolute; missing.length <= MOST_PARTS; at = path.dirname(at)) {
    try {
      return path.join(await fs.realpath(at), ...missing.toReversed());
    } catch (error) {
      if (systemErrorCode(error) !== "ENOENT" || path.dirname(at) === at) throw error;
      // A link to what is not there would be followed by whoever writes.
      if (await isLink(at)) throw Object.assign(new Error(`${at} is a link that leads nowhere`), { code: "ELOOP", cause: error });
      missing.push(path.basename(at));
    }
  }
  throw Object.assign(new Error(`${absolute} is too deep`), { code: "ENAMETOOLONG" });
}

/** True where `inner` is `outer` or lies below it; both absolute and plain. */
export function liesIn(inner: string, outer: string): boolean {
  const relative = path.relative(outer, inner);
  return relative === "" || (relative !== ".." && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative));
}

async function isLink(place: string): Promise<boolean> {
  try {
    return (await fs.lstat(place)).isSymbolicLink();
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return false;
    throw error;
  }
}
