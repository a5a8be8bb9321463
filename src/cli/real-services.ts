// The rest of the program, loaded when a command first needs it: start-up must not pay for what `--help` does not use.
import type { Services } from "./services.ts";

export const realServices: Services = {
  configure: async (source, io) => (await import("./team.ts")).configureTeam(source, io),
  openSession: async (config, options) => (await import("../session/index.ts")).openSession(config, options),
};
