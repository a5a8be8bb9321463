// The compiler's guard of every exhaustive switch: a new member of a union that nobody handles breaks the build here.

/**
 * Never called in a program that type-checks; throws because reaching it is a bug.
 * @public
 */
export function unreachable(value: never): never {
  throw new Error(`Unhandled case: ${JSON.stringify(value)}`);
}
