// What the provider of the stream benchmark says, chunk by chunk and as a whole.

export const words = (n: number): string => ` word${n % 97}`;

export const textOf = (chunks: number): string => Array.from({ length: chunks }, (_, n) => words(n)).join("");
