// A form of a server of the council, handed on to the person at the client: who asks stands in front, the rest in harmless words.
import type { EventOf } from "../core/index.ts";
import type { JsonSchema } from "../mcp/index.ts";
import { formSchema, neutralise, neutraliseLine } from "../security/index.ts";

/** The client is not told what it answered before: it knows. */
export function handedOn({ agent, server, form, problem }: EventOf<"form-asked">): {
  readonly message: string;
  readonly requestedSchema: JsonSchema;
} {
  const again = problem === null ? "" : `\n${neutralise(problem)}`;
  const warning = form.mentionsSecrets ? "\nNo password, token or key belongs here." : "";
  return {
    message: `${neutraliseLine(`The MCP server ${server}, called by ${agent} of the council, asks`)}: ${form.message}${warning}${again}`,
    requestedSchema: formSchema(form),
  };
}
