// One text for one JSON value, whatever the order of its keys: for comparison, keys of maps and digests.

/** JSON with sorted keys; `undefined` members are left out. Throws where the value is nested too deeply, or is none of JSON's. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`;
  const record = value as Readonly<Record<string, unknown>>;
  // Written out piece by piece: each line of the audit trail and each call passes through here.
  let members = "";
  for (const key of Object.keys(record).sort()) {
    const member = record[key];
    if (member === undefined) continue;
    members += `${members === "" ? "" : ","}${JSON.stringify(key)}:${canonicalJson(member)}`;
  }
  return `{${members}}`;
}
