// The oldest Node this program runs on, and the sentence for an older one: the package manager only warns, and then the person is alone with a stack trace.

const OLDEST = [22, 19] as const;

/** What to tell the person; null where `version` (as `process.versions.node` has it) is new enough. */
export function sentenceForNode(version: string): string | null {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return null;
  return `massgen: Node ${OLDEST.join(".")} or newer is needed and this is ${version}; install a newer one, for example with \`npm install --global node@24\`.`;
}
