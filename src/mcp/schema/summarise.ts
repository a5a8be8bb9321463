// A few words for a shape, where a form can only tell what it cannot declare.
import type { SchemaModel, Shape } from "./shape.ts";

const MAX_LENGTH = 400;

export function summarise(shape: Shape, model: SchemaModel): string {
  return words(shape, model, 0).slice(0, MAX_LENGTH);
}

function words(shape: Shape, model: SchemaModel, depth: number): string {
  if (depth > 4) return "…";
  const next = (child: Shape) => words(child, model, depth + 1);
  switch (shape.kind) {
    case "any":
      return "any value";
    case "never":
      return "nothing";
    case "string":
      return shape.values === undefined
        ? "string"
        : shape.values
            .slice(0, 12)
            .map((value) => JSON.stringify(value))
            .join(" | ");
    case "number":
      return shape.integer ? "integer" : "number";
    case "array":
      return `array of ${shape.items === null ? shape.prefix.map(next).join(", ") || "any value" : next(shape.items)}`;
    case "union":
      return shape.branches.map(next).join(" or ");
    case "ref":
      return next(model.definitions.get(shape.target) ?? { kind: "any", facts: [] });
    case "object":
      return sayObject(shape, next);
    default:
      return shape.kind;
  }
}

function sayObject(shape: Extract<Shape, { kind: "object" }>, next: (child: Shape) => string): string {
  const properties = [...shape.properties].map(([name, child]) => `${name}${shape.required.has(name) ? "" : "?"}: ${next(child)}`);
  return properties.length === 0 ? "object" : `object {${properties.join(", ")}}`;
}
