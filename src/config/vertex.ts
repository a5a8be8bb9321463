// Gemini through Vertex AI: another address for every location, and an access token besides a key.
import type { Json } from "../core/index.ts";
import type { Environment } from "../io/index.ts";
import type { BackendRow } from "./backend-row.ts";

/** Holds an access token (`gcloud auth print-access-token`); it goes where a key would go, as a bearer. */
export const VERTEX_TOKEN_VARIABLE = "GOOGLE_ACCESS_TOKEN";

type Options = Readonly<Record<string, Json>>;

export const isVertex = (options: Options): boolean => options["vertex"] === true;

const named = (option: Json | undefined, variable: string | undefined): string | null => {
  const value = typeof option === "string" ? option : (variable ?? "");
  return value.trim() === "" ? null : value.trim();
};

/** Part of a host's name, and of a path: anything else would lead elsewhere. */
const NAME = /^[a-z0-9][a-z0-9.:-]*$/i;
const LOCATION = /^[a-z0-9-]+$/;

/** As the file or the environment (`GOOGLE_CLOUD_PROJECT`, `GOOGLE_CLOUD_LOCATION`) names them; null where that is no such name. */
export function vertexPlace(options: Options, env: Environment): { readonly project: string | null; readonly location: string | null } {
  const project = named(options["project"], env["GOOGLE_CLOUD_PROJECT"]);
  const location = named(options["location"], env["GOOGLE_CLOUD_LOCATION"]) ?? "global";
  return { project: project !== null && NAME.test(project) ? project : null, location: LOCATION.test(location) ? location : null };
}

/** What the row of Gemini says becomes this with `vertex: true`; any other row, and Gemini without it, stays as it is. */
export function rowAtVertex(row: BackendRow, options: Options, env: Environment): BackendRow {
  if (row.type !== "gemini" || !isVertex(options)) return row;
  const { location } = vertexPlace(options, env);
  const host = location === "global" || location === null ? "aiplatform.googleapis.com" : `${location}-aiplatform.googleapis.com`;
  return {
    ...row,
    title: "Google Vertex AI",
    keyVariables: [VERTEX_TOKEN_VARIABLE, ...row.keyVariables],
    defaultBaseUrl: `https://${host}/v1`,
    baseUrlVariables: ["GOOGLE_VERTEX_BASE_URL"],
  };
}
