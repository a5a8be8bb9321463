// Which backend a `backend:` section means: by its `type`, its model's family, or the host of its `base_url`.
import { BACKEND_TABLE, familyOf, presetOfHost, type BackendRow } from "./backend-table.ts";
import { nearestTo } from "./near-miss.ts";
import { inside, report, shown, type Place, type Reading } from "./reading.ts";
import { childOf, type Mark, type Tree } from "./tree.ts";

/** What other programs call our types. */
const FOREIGN_NAMES: Readonly<Record<string, string>> = {
  anthropic: "claude",
  google: "gemini",
  xai: "grok",
  "x.ai": "grok",
  azure: "azure_openai",
  openai_compatible: "chatcompletion",
  "openai-compatible": "chatcompletion",
  chat_completions: "chatcompletion",
  claudecode: "claude_code",
  kimi: "moonshot",
  dashscope: "qwen",
  llama_cpp: "local",
  "node-llama-cpp": "local",
  chatgpt: "openai",
  "z.ai": "zai",
  glm: "zai",
};

/** The row of the table this section means; null after a problem was reported. */
export function rowOf(tree: Tree, place: Place, reading: Reading): BackendRow | null {
  const type = childOf(tree, "type");
  if (type !== null)
    return type.kind === "scalar" && typeof type.value === "string"
      ? rowNamed(type.value, { place: inside(place, "type"), mark: type.mark }, reading)
      : null;
  const model = textAt(tree, "model");
  const baseUrl = textAt(tree, "base_url");
  const family = model === null ? null : familyOf(model);
  const found = baseUrl === null || family === "local" ? family : typeAt(baseUrl, family);
  if (found !== null) return BACKEND_TABLE[found] ?? null;
  const about = model === null ? "It has no `type` and no `model`" : "It has no `type`, and its model belongs to no known family";
  const modelNode = childOf(tree, "model");
  report(reading, modelNode === null ? { place, mark: tree.mark } : { place: inside(place, "model"), mark: modelNode.mark }, {
    code: "missing-key",
    message: `${about}: which provider answers is not clear`,
    expected: `\`type\`: ${Object.keys(BACKEND_TABLE).join(", ")}`,
  });
  return null;
}

/** With an address but no type: the host's own provider, else a family with a protocol of its own, else an OpenAI-compatible server. */
function typeAt(baseUrl: string, family: string | null): string {
  const ownProtocol = family === "gemini" || family === "claude" ? family : null;
  return presetOfHost(baseUrl) ?? ownProtocol ?? "chatcompletion";
}

function rowNamed(name: string, at: { readonly place: Place; readonly mark: Mark }, reading: Reading): BackendRow | null {
  if (Object.hasOwn(BACKEND_TABLE, name)) return BACKEND_TABLE[name] ?? null;
  const foreign = Object.hasOwn(FOREIGN_NAMES, name.toLowerCase()) ? FOREIGN_NAMES[name.toLowerCase()] : undefined;
  const near = foreign ?? nearestTo(name, Object.keys(BACKEND_TABLE));
  const list = Object.keys(BACKEND_TABLE).join(", ");
  report(reading, at, {
    code: "unknown-backend",
    message: `There is no backend type "${shown(name)}"`,
    ...(near === null ? { expected: list } : { suggestion: near }),
  });
  return null;
}

function textAt(tree: Tree, key: string): string | null {
  const child = childOf(tree, key);
  return child?.kind === "scalar" && typeof child.value === "string" ? child.value : null;
}
