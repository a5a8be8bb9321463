// The security policy of a session: the operator's, narrowed by each server's entry, asked before a server is started and before each call.
import type { MassgenConfig } from "../config/index.ts";
import { UsageError } from "../errors/index.ts";
import { configFolder, systemErrorCode, type Io } from "../io/index.ts";
import type { BrokerPolicy, Recorder } from "../mcp/index.ts";
import { createGate, DEFAULT_POLICY, readPolicy, type OperatorPolicy } from "../security/index.ts";
import { join } from "node:path";
import type { PermissionDesk } from "./permissions.ts";

const POLICY_FILE = "policy.json";

/** The operator's own file, `policy.json` in the configuration folder; the defaults where there is none. Throws UsageError where it cannot be read: it fails closed. */
export async function operatorPolicy(io: Io): Promise<OperatorPolicy> {
  const path = join(configFolder(io), POLICY_FILE);
  const text = await readIfThere(path, io);
  if (text === null) return DEFAULT_POLICY;
  const { policy, problems } = readPolicy(parse(text, path));
  if (problems.length > 0)
    throw new UsageError("E_SECURITY", `${path}: ${problems.join("; ")}`, { next: "Correct the file or remove it." });
  return policy;
}

async function readIfThere(path: string, io: Io): Promise<string | null> {
  try {
    return Buffer.from(await io.files.read(path)).toString("utf8");
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return null;
    throw new UsageError("E_SECURITY", `The policy ${path} cannot be read (${systemErrorCode(error) ?? "unknown error"}).`, {
      cause: error,
    });
  }
}

function parse(text: string, path: string): Parameters<typeof readPolicy>[0] {
  try {
    return JSON.parse(text) as Parameters<typeof readPolicy>[0];
  } catch (error) {
    throw new UsageError("E_SECURITY", `${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

export type PolicyOptions = {
  readonly config: MassgenConfig;
  readonly io: Io;
  readonly policy: OperatorPolicy;
  readonly record: Recorder;
  readonly desk: PermissionDesk;
  /** Somebody can be asked now. */
  readonly interactive: () => boolean;
};

export function brokerPolicy({ config, io, policy, record, desk, interactive }: PolicyOptions): BrokerPolicy {
  const gate = createGate({
    policy,
    secrets: config.secrets,
    interactive, // A configuration is passed by a person, as a file or from a program; nothing is picked up from folders.
    contextOf: () => ({ platform: io.platform, source: "named" }),
  });
  const servers = new Map(config.agents.flatMap(({ backend }) => backend.mcpServers.map((server) => [server.name, server])));
  return {
    async checkServer(server) {
      const { verdict, rule, reason, next, findings } = gate.checkServer(server);
      for (const finding of findings) {
        if (finding.verdict === "warn")
          await record({
            type: "warning",
            code: "E_SECURITY",
            message: `MCP server ${server.name}: ${finding.reason}`,
            next: finding.next,
          });
      }
      return { verdict: verdict === "deny" ? "deny" : "allow", rule, reason: next === "" ? reason : `${reason}. ${next}` };
    },
    checkCall: (question) => gate.checkCall(question, servers.get(question.server)),
    async ask(question, signal) {
      const { allow, remember } = await desk.ask(question.call, signal);
      if (allow && remember !== "once") gate.grant(question, remember);
      return { allow, by: "person" };
    },
  };
}
