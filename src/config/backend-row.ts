// The columns of the table of backends.

export type BackendRow = {
  /** What the configuration says under `type`. */
  readonly type: string;
  readonly title: string;
  /** Environment variables that may hold this provider's key, looked up in this order. */
  readonly keyVariables: readonly string[];
  /** True where the backend works without a key (local servers, a login of its own). */
  readonly keyOptional: boolean;
  /** The API's root as its SDK wants it; null where it must be given. */
  readonly defaultBaseUrl: string | null;
  /** Variables of the real environment that replace `defaultBaseUrl`, in this order. */
  readonly baseUrlVariables: readonly string[];
  /** The provider's own hosts: the only ones its key from the environment is sent to. A `*` in front stands for any beginning. */
  readonly hosts: readonly string[];
  /** Used where the configuration names no model; null where there is no sensible one. */
  readonly defaultModel: string | null;
  readonly builtins: readonly ("web_search" | "code_execution" | "files" | "shell")[];
  readonly mcp: boolean;
  readonly thinking: boolean;
  readonly structuredOutput: boolean;
  /** Most MCP tools a model of this backend should carry at a time; with more, they are offered through a search. Below what providers refuse, because the choice gets worse long before. */
  readonly maxTools: number;
  /** Keys under `backend:` that this type understands, in the configuration's spelling. */
  readonly options: readonly string[];
  /** The keys of its `reasoning`, where the provider does not take all of them. */
  readonly reasoningKeys?: readonly string[];
  readonly notes: string;
};
