// The part of the fold that follows what surrounds the agents: MCP servers, breakers, budget, commands, warnings.
import type { Entry } from "../../core/index.ts";
import type { RunView, ServerView } from "./model.ts";

export function foldSurroundings(view: RunView, entry: Entry): void {
  switch (entry.type) {
    case "mcp-server-state": {
      const server = serverOf(view, entry.server);
      if (server.state !== entry.state || server.since === 0) server.since = entry.at;
      server.state = entry.state;
      server.tools = entry.tools ?? server.tools;
      server.message = [entry.message, entry.next].filter((part) => part !== undefined).join(" ");
      return;
    }
    case "breaker-state": {
      const name = entry.scope.split("/", 1)[0] ?? entry.scope;
      if (view.servers.has(name)) serverOf(view, name).breaker = entry.state;
      return;
    }
    case "budget-state":
      if (entry.agent === null) view.budget = { percent: entry.percent, exhausted: entry.exhausted };
      return;
    case "command-received":
      if (entry.command.name === "pause") view.paused = true;
      if (entry.command.name === "resume") view.paused = false;
      return;
    case "warning":
      view.warnings++;
      return;
    default:
      return;
  }
}

function serverOf(view: RunView, name: string): ServerView {
  const known = view.servers.get(name);
  if (known !== undefined) return known;
  const server: ServerView = { name, state: "connecting", since: 0, tools: null, message: "", breaker: "closed" };
  view.servers.set(name, server);
  return server;
}
