// The only place where a plain string becomes a branded id; everything else receives ids already branded.

declare const brand: unique symbol;

/** A `Base` that cannot be confused with another `Base` of a different name. */
export type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

export function brandString<Id extends Branded<string, string>>(value: string): Id {
  return value as Id;
}
