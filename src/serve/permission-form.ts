// A question of permission as a form for the person at the client, and what their answer means.
import type { EventOf } from "../core/index.ts";
import type { ElicitationAnswer, JsonSchema } from "../mcp/index.ts";
import { neutralise, neutraliseLine } from "../security/index.ts";

const LONGEST_INPUT = 2_000;
const CHOICES = { once: "Allow this call", run: "Allow this tool for this question", no: "Refuse" } as const;

/** "For always" is not offered: a lasting permission is given at the machine it is for. */
export function permissionForm({ agent, server, tool, input }: EventOf<"permission-asked">): {
  readonly message: string;
  readonly requestedSchema: JsonSchema;
} {
  const written = neutralise(JSON.stringify(input));
  const shown = written.length > LONGEST_INPUT ? `${written.slice(0, LONGEST_INPUT)}…` : written;
  return {
    message: `${neutraliseLine(`${agent} of the council asks to call ${server}/${tool}`)} with ${shown}`,
    requestedSchema: {
      type: "object",
      properties: {
        decision: { type: "string", title: "Decision", enum: Object.keys(CHOICES), enumNames: Object.values(CHOICES) },
      },
      required: ["decision"],
    },
  };
}

/** Anything but a clear yes is a no. */
export function permissionOf({ action, content }: ElicitationAnswer): { readonly allow: boolean; readonly remember: "once" | "run" } {
  const decision = action === "accept" ? content?.["decision"] : undefined;
  return { allow: decision === "once" || decision === "run", remember: decision === "run" ? "run" : "once" };
}
