// Where runs live on the disk: `massgen_logs/log_<time>_<id>/question_<n>/…`, and names that are safe as file names.
import { join } from "node:path";
import { runId, type AgentId, type RunId } from "../core/index.ts";
import type { Io } from "../io/index.ts";

export const LOGS_FOLDER = "massgen_logs";

/** `YYYYmmddHHMMSS-<8 hex>`, local time. */
export function newRunId(io: Pick<Io, "clock" | "randomHex">): RunId {
  return runId(`${stamp(io.clock.now()).replace("_", "")}-${io.randomHex(4)}`);
}

/** The folder of a conversation, named after its first run: the same time and the same 8 hex digits. */
export function conversationFolder(base: string, first: RunId): string {
  const [time = "", hex = ""] = first.split("-");
  return join(base, LOGS_FOLDER, `log_${time.slice(0, 8)}_${time.slice(8)}_${hex}`);
}

/** The folder of the n-th question of a conversation, from 1: what the run's log calls its `path`. */
export const questionFolder = (conversation: string, n: number): string => join(conversation, `question_${n}`);

function stamp(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`;
  return `${day}_${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`;
}

const LONGEST_SLUG = 60;
/** Names that Windows gives to devices. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)$/;

/** Names of other files in the folder of the agents' files. */
const OUR_FILES = /^(system_status$|final_presentation_)/;

/** A file name for each agent: lower-case letters, digits, `-` and `_`, no two equal on any file system. Stable for the same list. */
export function agentSlugs(agents: readonly AgentId[]): ReadonlyMap<AgentId, string> {
  const slugs = new Map<AgentId, string>();
  const taken = new Set<string>();
  for (const agent of agents) {
    const slug = firstFree(slugOf(agent), taken);
    taken.add(slug);
    slugs.set(agent, slug);
  }
  return slugs;
}

function slugOf(agent: AgentId): string {
  const plain = agent
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, LONGEST_SLUG);
  if (plain === "") return "agent";
  if (OUR_FILES.test(plain)) return `agent-${plain}`;
  return DEVICES.test(plain) ? `${plain}-agent` : plain;
}

function firstFree(slug: string, taken: ReadonlySet<string>): string {
  let name = slug;
  for (let n = 2; taken.has(name); n++) name = `${slug}-${n}`;
  return name;
}
