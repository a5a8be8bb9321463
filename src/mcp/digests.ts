// Digests of texts: for fingerprints, cache keys and the audit.
import { createHmac, hash } from "node:crypto";

/** Lower-case hex SHA-256. */
export const sha256 = (text: string): string => hash("sha256", text);
/** A digest that cannot be guessed back without the key. */
export const keyedDigest = (key: string, text: string): string => createHmac("sha256", key).update(text).digest("hex");
