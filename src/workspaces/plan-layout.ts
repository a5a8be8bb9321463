// From a configuration to the folders of its team. Whatever could mix, leak or swallow files is refused before anything runs.
import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import type { AgentConfig, MassgenConfig } from "../config/index.ts";
import type { McpServerConfig } from "../config/types.ts";
import { agentId, type AgentId } from "../core/index.ts";
import { UsageError } from "../errors/index.ts";
import { liesIn, makeMarkedFolder, realPlace, stateFolder, userHome, type Io } from "../io/index.ts";
import { agentSlugs } from "../log/index.ts";
import { contextFolders } from "./context-folders.ts";
import { STAGED, type ContextFolder, type Desk, type Layout } from "./desk.ts";
import { filesystemServer, foldersOf } from "./filesystem-server.ts";

export type TeamLayout = Layout & {
  /** Agents whose tools are judged, with the names of the servers that are; Claude Code's own tools always are. */
  readonly bound: ReadonlyMap<AgentId, readonly string[]>;
  /** What a person should know, one sentence each. */
  readonly notices: readonly string[];
};
export type LayoutSurroundings = { readonly io: Io; /** Where runs are stored; null = nowhere. */ readonly logRoot: string | null };

/** Null where the configuration asks for nothing of the kind. Makes the folders. Throws UsageError with all problems. */
export async function planLayout(config: MassgenConfig, around: LayoutSurroundings): Promise<TeamLayout | null> {
  const { orchestrator } = config;
  const asked = orchestrator.snapshotStorage !== null || orchestrator.agentTemporaryWorkspace !== null;
  if (!asked && orchestrator.contextPaths.length === 0) return null;
  const { io } = around;
  const { folders: context, problems } = await contextFolders(config, io);
  const shares = asked || context.some(({ use }) => use === "staged");
  const temporary = await made(temporaryOf(config, io));
  const storage = orchestrator.snapshotStorage === null ? null : await made(resolve(io.cwd, orchestrator.snapshotStorage));
  const seats = await seatsOf(config, { io, shares, temporary });
  const notices = seats.flatMap(({ notice }) => notice);
  const found = [...problems, ...(shares ? problemsOf(seats, { ...around, places: placesOf(temporary, storage, context) }) : [])];
  if (found.length > 0)
    throw new UsageError("E_CONFIG_INVALID", found.join("\n"), { next: "docs/workspaces.md says which folders can be used." });
  const desks = await Promise.all(seats.filter(({ works }) => works).map((seat) => deskOf(seat, context)));
  const bound = new Map(seats.filter(({ works }) => works).map((seat) => [seat.agent, seat.bound.map(({ name }) => name)]));
  return { desks, shares, context, temporary, storage, limitBytes: orchestrator.snapshotLimitBytes, bound, notices };
}

/** Stable, so that a run that is taken up again finds its desks. */
function temporaryOf(config: MassgenConfig, io: Io): string {
  const given = config.orchestrator.agentTemporaryWorkspace;
  if (given !== null) return resolve(io.cwd, given);
  const team = JSON.stringify([io.cwd, config.file, config.agents.map(({ id }) => id)]);
  return join(stateFolder(io), "workspaces", createHash("sha256").update(team).digest("hex").slice(0, 12));
}

async function made(folder: string): Promise<string> {
  try {
    await makeMarkedFolder(folder, { holds: "copies of agents' files" });
    return await realPlace(folder);
  } catch (error) {
    throw new UsageError("E_CONFIG_INVALID", `${folder} cannot be used: ${error instanceof Error ? error.message : String(error)}.`, {
      cause: error,
      next: "Choose another folder.",
    });
  }
}

type Seat = {
  readonly agent: AgentId;
  readonly slug: string;
  readonly native: boolean;
  readonly workspace: string | null;
  readonly folder: string;
  /** Servers that work in the agent's folders. */
  readonly bound: readonly McpServerConfig[];
  /** Further folders the configuration gives its tools. */
  readonly given: readonly string[];
  /** Its tools can look at files that are shown to it. */
  readonly works: boolean;
  readonly problem: readonly string[];
  readonly notice: readonly string[];
};

type SeatPlan = { readonly io: Io; readonly shares: boolean; readonly temporary: string };

async function seatsOf({ agents }: MassgenConfig, plan: SeatPlan): Promise<readonly Seat[]> {
  const slugs = agentSlugs(agents.map(({ id }) => agentId(id)));
  const wanted = agents.map((agent) => workingFolder(agent, plan.io));
  return Promise.all(
    agents.map((agent, index) => {
      const own = wanted[index] ?? null;
      const common = plan.shares && own !== null && wanted.filter((each) => each === own).length > 1;
      const number = index + 1;
      return seatOf(agent, { ...plan, own, number, common, slug: slugs.get(agentId(agent.id)) ?? `agent-${number}` });
    }),
  );
}

type SeatOrder = SeatPlan & { readonly own: string | null; readonly number: number; readonly common: boolean; readonly slug: string };

async function seatOf(agent: AgentConfig, order: SeatOrder): Promise<Seat> {
  const { io, own, number, common, slug, shares, temporary } = order;
  const native = agent.backend.type === "claude_code";
  const name = `desk-${number}`;
  const mine = own !== null && common ? join(own, name) : own;
  const servers = agent.backend.mcpServers.flatMap((server) => {
    const found = filesystemServer(server);
    return found === null ? [] : [{ server, folders: foldersOf(found, server, io.cwd) }];
  });
  const bound = servers.filter(({ folders }) => folders.length === 0 || own === null || folders.includes(own));
  const works = native || bound.length > 0;
  const workspace = mine !== null && works ? await realFolder(mine, io) : null;
  const extra = native ? (agent.backend.options["additional_directories"] ?? []) : [];
  const further = Array.isArray(extra) ? extra.filter((each) => typeof each === "string").map((each) => resolve(mine ?? io.cwd, each)) : [];
  const given = [...servers.flatMap(({ folders }) => folders), ...further].filter((each) => each !== own);
  return {
    agent: agentId(agent.id),
    slug,
    native,
    workspace: workspace ?? (native && !shares ? io.cwd : null),
    folder: works ? await made(join(temporary, name)) : join(temporary, name),
    bound: bound.map(({ server }) => server),
    given: await Promise.all(given.map(realPlace)),
    works,
    problem: native && shares && own === null ? [`The agent ${agent.id} needs a \`cwd\` of its own, because files are shared.`] : [],
    notice: noticesOf(agent, { own, mine, works }),
  };
}

function noticesOf(
  { id }: AgentConfig,
  { own, mine, works }: { own: string | null; mine: string | null; works: boolean },
): readonly string[] {
  if (own !== null && !works)
    return [`The \`cwd\` of ${id} has no effect: none of its tools works in it (a filesystem server that is given ${own} would).`];
  return own === mine ? [] : [`Several agents have the folder ${own}: ${id} works in ${mine}.`];
}

function workingFolder({ backend }: AgentConfig, io: Pick<Io, "cwd">): string | null {
  const cwd = backend.options["cwd"];
  return typeof cwd === "string" ? resolve(io.cwd, cwd) : null;
}

/** Made where it is missing; what is in it stays. */
async function realFolder(folder: string, io: Io): Promise<string> {
  await io.files.makeFolder(folder);
  return realPlace(folder);
}

async function deskOf(seat: Seat, context: readonly ContextFolder[]): Promise<Desk> {
  const { agent, slug, workspace, folder, given } = seat;
  const own = workspace === null ? [] : [workspace];
  const readable = context.filter(({ use }) => use !== "staged").map(({ path }) => path);
  const writable = context.filter(({ use }) => use === "write").map(({ path }) => path);
  const staged = context.filter(({ use }) => use === "staged").map(({ name }) => join(folder, STAGED, name));
  return {
    agent,
    slug,
    workspace,
    folder,
    reads: [...new Set([...own, ...given, folder, ...readable])],
    writes: [...new Set([...own, ...given, ...writable, ...staged])],
  };
}

type Named = { readonly what: string; readonly path: string };
type Place = LayoutSurroundings & { readonly places: readonly Named[] };

function placesOf(temporary: string, storage: string | null, context: readonly ContextFolder[]): readonly Named[] {
  const staged = context.filter(({ use }) => use === "staged").map(({ path }) => ({ what: "a write path", path }));
  return [
    { what: "the temporary folder", path: temporary },
    ...(storage === null ? [] : [{ what: "the snapshot storage", path: storage }]),
    ...staged,
  ];
}

function problemsOf(seats: readonly Seat[], { io, logRoot, places }: Place): readonly string[] {
  const working = seats.filter(({ works }) => works);
  const swallowed = [
    { what: "the folder massgen was started in", path: io.cwd },
    { what: "your home folder", path: userHome(io) },
    ...(logRoot === null ? [] : [{ what: "the folder of the logs", path: logRoot }]),
  ];
  return [
    ...seats.flatMap(({ problem }) => problem),
    ...working.flatMap((seat) => (seat.workspace === null ? [] : ownProblems(seat.agent, seat.workspace, [...swallowed, ...places]))),
    ...places.flatMap((place) => placeProblems(place, working)),
    ...working.flatMap((seat) => seat.given.flatMap((folder) => givenProblems(seat, folder, { working, places }))),
    ...working.flatMap((seat) => working.flatMap((other) => nestedProblems(seat, other))),
  ];
}

function ownProblems(agent: AgentId, workspace: string, others: readonly Named[]): readonly string[] {
  return others
    .filter(({ path }) => liesIn(path, workspace))
    .map(({ what }) => `The \`cwd\` of ${agent}, ${workspace}, holds ${what}: it would be copied with every answer.`);
}

function placeProblems({ what, path }: Named, seats: readonly Seat[]): readonly string[] {
  return seats.flatMap(({ agent, workspace }) =>
    workspace !== null && workspace !== path && liesIn(workspace, path) ? [`The \`cwd\` of ${agent}, ${workspace}, lies in ${what}.`] : [],
  );
}

function givenProblems(
  seat: Seat,
  folder: string,
  { working, places }: { readonly working: readonly Seat[]; readonly places: readonly Named[] },
): readonly string[] {
  const others = working.flatMap(({ agent, workspace }) =>
    workspace === null || agent === seat.agent ? [] : [{ what: `the folder of ${agent}`, path: workspace }],
  );
  return [...others, ...places]
    .filter(({ path }) => liesIn(path, folder) || liesIn(folder, path))
    .map(({ what }) => `The tools of ${seat.agent} are given ${folder}, where ${what} lies: agents would see each other's work too early.`);
}

function nestedProblems(a: Seat, b: Seat): readonly string[] {
  if (a === b || a.workspace === null || b.workspace === null || !liesIn(b.workspace, a.workspace)) return [];
  return [`The \`cwd\` of ${b.agent}, ${b.workspace}, lies in that of ${a.agent}, ${a.workspace}.`];
}
