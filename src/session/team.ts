// The agents of a session: each with the backend that thinks for it, made once and kept for every question of the conversation.
import { resolve } from "node:path";
import { createBackend, localModels } from "../backends/index.ts";
import type { AgentConfig, MassgenConfig } from "../config/index.ts";
import { agentId } from "../core/index.ts";
import { stateFolder, type Io } from "../io/index.ts";
import type { Workspaces } from "../workspaces/index.ts";
import type { AgentSpec } from "../runtime/index.ts";

export type TeamOptions = {
  readonly io: Io;
  readonly yes: boolean;
  readonly plainProgress?: boolean;
  readonly onNotice: (line: string) => void;
  readonly onRequest?: (line: string) => void;
  /** The agents' folders; null = backends with file tools of their own are not held to any. */
  readonly workspaces: Workspaces | null;
};

const isLocal = (agent: AgentConfig): boolean => agent.backend.type === "local";

/** Throws UsageError when an agent's backend cannot work (no key, no model, no runtime). */
export async function openTeam(config: MassgenConfig, options: TeamOptions): Promise<readonly AgentSpec[]> {
  const presents = config.agents.some(isLocal) ? await prepareLocal(config, options) : true;
  const localAgents = config.agents.filter(isLocal).length;
  return Promise.all(
    config.agents.map(async (agent): Promise<AgentSpec> => {
      const { io, yes, onNotice, onRequest } = options;
      const cwd = agent.backend.options["cwd"];
      const workspace = typeof cwd === "string" ? resolve(io.cwd, cwd) : io.cwd;
      const order = {
        agent: agentId(agent.id),
        config: agent.backend,
        io,
        workspace,
        stateDir: stateFolder(io),
        localAgents,
        yes,
        onNotice,
        ...(onRequest === undefined ? {} : { onRequest }),
        access: options.workspaces?.accessOf(agentId(agent.id)) ?? null,
      };
      return {
        id: order.agent,
        backendName: agent.backend.type,
        model: agent.backend.model,
        systemMessage: agent.systemMessage,
        presents: isLocal(agent) ? presents : true,
        backend: await createBackend(order),
      };
    }),
  );
}

/** Brings the embedded model before the run starts; true when it is large enough to present. */
async function prepareLocal(config: MassgenConfig, { io, yes, onNotice, plainProgress = false }: TeamOptions): Promise<boolean> {
  const first = config.agents.find(isLocal);
  if (first === undefined) return true;
  const { prepareLocalModel, terminalReport } = await localModels();
  const model = await prepareLocalModel({ config: first.backend, io, yes, report: terminalReport(io, { lines: plainProgress }) });
  onNotice(model.line);
  return model.presents;
}
