// Puts a shape's words onto its node: the description, and the rules a form has no keyword for.
import { isRegularPattern, type Profile } from "./profiles.ts";
import type { Node } from "./rendering.ts";
import type { Fact, Shape } from "./shape.ts";

/** Characters of one description; providers count them against the request. */
export const MAX_DESCRIPTION = 4_000;

/** Adds description and facts to a node just written for this shape. */
export function describeNode(node: Node, shape: Shape, profile: Profile): Node {
  const told: string[] = [];
  for (const fact of shape.facts) {
    if (canDeclare(node, shape, { fact, profile })) node[fact.keyword] = fact.value;
    else if (fact.text !== "" && !told.includes(fact.text)) told.push(fact.text);
  }
  if (shape.description !== undefined) prepend(node, shape.description);
  for (const text of told) addText(node, text);
  return node;
}

function canDeclare(node: Node, shape: Shape, { fact, profile }: { fact: Fact; profile: Profile }): boolean {
  if (!profile.keywords.has(fact.keyword) || Object.hasOwn(node, fact.keyword) || Object.hasOwn(node, "$ref")) return false;
  if (Array.isArray(node["anyOf"])) return fact.keyword === "default";
  if (fact.keyword === "pattern") return typeof fact.value === "string" && isRegularPattern(fact.value);
  if (fact.keyword !== "format") return true;
  const formats = shape.kind === "number" ? profile.numberFormats : profile.stringFormats;
  return typeof fact.value === "string" && (formats === null || formats.has(fact.value));
}

function prepend(node: Node, description: string): void {
  const added = node["description"];
  node["description"] = cut(typeof added === "string" ? `${description} ${added}` : description);
}

/** Appends a rule in brackets; returns the same node. */
export function addText(node: Node, text: string): Node {
  const before = node["description"];
  const bracketed = `(${text})`;
  if (typeof before !== "string") node["description"] = cut(bracketed);
  else node["description"] = `${before.slice(0, MAX_DESCRIPTION - bracketed.length - 2)} ${bracketed}`;
  return node;
}

export function cut(text: string, limit: number = MAX_DESCRIPTION): string {
  if (text.length <= limit) return text;
  const end = text.slice(0, limit - 1);
  return `${/[\ud800-\udbff]$/.test(end) ? end.slice(0, -1) : end}…`;
}
