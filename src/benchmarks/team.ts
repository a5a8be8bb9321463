// The team of `massgen bench council` as an object, whole and with its first agent alone; without a file three scripted agents.
import { isRecord } from "../core/index.ts";
import { usageErrorFor } from "../config/index.ts";
import type { Io } from "../io/index.ts";
import { chatServer, councilScript } from "../testing/index.ts";
import { parseGiven, problemIn, readGiven } from "./given-file.ts";
import type { Team } from "./strategies.ts";

/** The file's team. Throws `UsageError` where it holds none; everything else about it is checked when it is first asked. */
export async function teamOfFile(path: string, io: Pick<Io, "files">): Promise<Team> {
  const given = { path, what: "team", option: "--config" };
  const council = await parseGiven(await readGiven(given, io), given);
  if (!isRecord(council)) throw noTeam(path);
  const { agent, agents, ...rest } = council;
  const first = agent ?? (Array.isArray(agents) ? (agents as unknown[])[0] : isRecord(agents) ? firstOfMap(agents) : undefined);
  if (!isRecord(first)) throw noTeam(path);
  // A sample is one answer of one agent, so what makes several of it or asks it to vote is left out.
  const { count: _count, ...one } = first;
  return { council, single: { ...rest, agent: one } };
}

function firstOfMap(agents: Readonly<Record<string, unknown>>): unknown {
  const [id, agent] = Object.entries(agents)[0] ?? [];
  return isRecord(agent) ? { id, ...agent } : undefined;
}

const noTeam = (file: string) => usageErrorFor([problemIn(file, "The file holds no team", { expected: "a configuration with `agents:`" })]);

/** Three agents whose models are played here: every other answer of a model is 12, the others 13, whatever is asked. */
export async function scriptedTeam(): Promise<Team & { close(): Promise<void> }> {
  const server = await chatServer(
    councilScript({
      answer: (_request, n) => (n % 2 === 1 ? "The answer is 12." : "The answer is 13."),
      presentation: "The answer is 12.",
    }),
  );
  const backend = { type: "chatcompletion", model: "scripted", base_url: server.baseUrl, api_key: "scripted" };
  const agents = ["one", "two", "three"].map((id) => ({ id, backend }));
  return { council: { agents }, single: { agent: agents[0] }, close: () => server.close() };
}
