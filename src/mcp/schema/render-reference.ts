// Writes a reference: as `$ref` where the form has it and the place allows it, otherwise as a copy of what it points at.
import { describeNode } from "./describe.ts";
import type { Node, Position, Rendering } from "./rendering.ts";
import { ANY, OPEN_ARRAY, OPEN_OBJECT, type RefShape, type Shape } from "./shape.ts";

export function renderReference(rendering: Rendering, shape: RefShape, position: Position): Node {
  const target = rendering.model.definitions.get(shape.target) ?? ANY;
  const { profile, recursion } = rendering;
  const recursive = recursion.isRecursive(shape.target);
  const mayRefer = profile.references && (recursive ? position.optional : recursion.isShared(shape.target));
  if (mayRefer) return describeNode({ $ref: `#/$defs/${place(rendering, shape.target)}` }, shape, profile);
  const said = shape.description ?? target.description;
  const copy: Shape = { ...target, ...(said === undefined ? {} : { description: said }), facts: [...target.facts, ...shape.facts] };
  if (!recursive) return rendering.render(copy, { ...position, depth: position.depth + 1 });
  if (position.open.filter((open) => open === shape.target).length < rendering.unroll) {
    return rendering.render(copy, { ...position, depth: position.depth + 1, open: [...position.open, shape.target] });
  }
  rendering.notes.add(`${position.path}: the recursion is declared ${rendering.unroll} levels deep`);
  return rendering.render(cutOff(copy), { ...position, depth: position.depth + 1 });
}

/** The end of a recursion that is written out: the same kind of value, with anything inside. */
function cutOff(shape: Shape): Shape {
  const facts = [{ keyword: "$ref", value: null, text: "same structure again" }];
  const words = shape.description === undefined ? { facts } : { facts, description: shape.description };
  if (shape.kind === "object") return { ...OPEN_OBJECT, ...words };
  if (shape.kind === "array") return { ...OPEN_ARRAY, ...words };
  return { ...ANY, ...words };
}

function place(rendering: Rendering, target: string): string {
  const known = rendering.placed.get(target);
  if (known !== undefined) return known;
  const last = decode(target.split("/").pop() ?? "")
    .replace(/[^A-Za-z0-9_]+/g, "_")
    .replace(/^_+|_+$/g, "");
  const base = last === "" ? "Root" : last.slice(0, 48);
  const taken = new Set(rendering.placed.values());
  let name = base;
  for (let count = 2; taken.has(name); count += 1) name = `${base}_${count}`;
  rendering.placed.set(target, name);
  rendering.queue.push(target);
  return name;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
