// The floor: a bare Node script that sends the same requests (bodies recorded before) in the same order of dependence and reads the replies whole.
// Usage: node same-requests.mjs REQUESTS.json; the file holds {url, waves: [[body, …], …]}: a wave starts when the one before it has ended.
import { readFileSync } from "node:fs";

const { url, waves } = JSON.parse(readFileSync(process.argv[2], "utf8"));
for (const wave of waves) {
  await Promise.all(
    wave.map(async (body) => {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: "Bearer test" },
        body,
      });
      await response.text();
    }),
  );
}
