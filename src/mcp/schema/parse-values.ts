// Reads `enum` and `const`: a union of the values by type, long lists and structured values as text.
import type { Json } from "../../core/index.ts";
import { listValues } from "./facts.ts";
import { unite } from "./unite.ts";
import { isRecord, NULL, OPEN_ARRAY, OPEN_OBJECT, own, type Shape, withFacts } from "./shape.ts";

/** Longer lists are told, not declared, also where several become one: providers refuse them ("too many states"). */
export const MAX_VALUES = 500;

/** The shape of the values a schema lists, or undefined where it lists none. */
export function readValues(schema: Readonly<Record<string, unknown>>): Shape | undefined {
  const constant = Object.hasOwn(schema, "const") ? [schema["const"]] : undefined;
  const listed = own(schema, "enum");
  const values = constant ?? (Array.isArray(listed) && listed.length > 0 ? listed : undefined);
  if (values === undefined) return undefined;
  const strings = values.filter((value): value is string => typeof value === "string");
  const numbers = values.filter((value): value is number => typeof value === "number" && Number.isFinite(value));
  const booleans = values.filter((value): value is boolean => typeof value === "boolean");
  const objects = values.filter(isRecord);
  const arrays = values.filter((value) => Array.isArray(value));
  return unite([
    ...(strings.length === 0 ? [] : [shapeOfStrings(strings)]),
    ...(numbers.length === 0 ? [] : [shapeOfNumbers(numbers)]),
    ...[...new Set(booleans)].map((only): Shape => ({ kind: "boolean", facts: [], only })),
    ...(values.includes(null) ? [NULL] : []),
    ...(objects.length === 0 ? [] : [told(OPEN_OBJECT, objects as Json[])]),
    ...(arrays.length === 0 ? [] : [told(OPEN_ARRAY, arrays as Json[])]),
  ]);
}

function shapeOfStrings(strings: readonly string[]): Shape {
  const values = [...new Set(strings)];
  return values.length > MAX_VALUES ? told({ kind: "string", facts: [] }, values) : { kind: "string", facts: [], values };
}

function shapeOfNumbers(numbers: readonly number[]): Shape {
  const values = [...new Set(numbers)];
  const integer = values.every((value) => Number.isInteger(value));
  return values.length > MAX_VALUES ? told({ kind: "number", facts: [], integer }, values) : { kind: "number", facts: [], integer, values };
}

function told(shape: Shape, values: readonly Json[]): Shape {
  return withFacts(shape, [{ keyword: "enum", value: null, text: listValues(values) }]);
}
