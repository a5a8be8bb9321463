// What this process has used so far: processor time and memory.

export type ProcessUsage = {
  /** User and system time since the start, in milliseconds. */
  readonly cpuMs: number;
  /** Memory held now, in MB. */
  readonly rssMb: number;
};

export function processUsage(): ProcessUsage {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1000, rssMb: process.memoryUsage.rss() / 2 ** 20 };
}
