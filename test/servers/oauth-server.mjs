// A remote MCP server and its authorization server in one process. Every flag breaks one rule; without flags both behave.
// Usage: node oauth-server.mjs [--log=FILE] [--expires=SECONDS] [--always-refuse] [--scope-never-enough] [--metadata-url=URL] [--authorize-url=URL] [--token-url=URL]
//   [--login-page] [--redirect-loop] [--wrong-state] [--wrong-issuer] [--error-text=TEXT] [--echo-secret] [--echo-token] [--huge-metadata] [--resource=URL] [--silent-token]
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";

const flags = new Map(
  process.argv.slice(2).map((flag) => {
    const [name, ...rest] = flag.replace(/^--/, "").split("=");
    return [name, rest.join("=")];
  }),
);
const note = (entry) => flags.has("log") && appendFileSync(flags.get("log"), `${JSON.stringify(entry)}\n`);
const tokens = new Set();
let [issued, clients] = [0, 0];
let base = "";

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString("utf8");
  const url = new URL(request.url ?? "/", base);
  note({
    method: request.method,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    body,
    authorization: request.headers.authorization ?? null,
  });
  const json = (status, value, headers = {}) =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
  const route = routes[url.pathname];
  if (route) route({ request, response, body, url, json });
  else response.writeHead(404).end();
});

const routes = {
  "/.well-known/oauth-protected-resource/mcp": ({ json, response }) => {
    if (flags.has("huge-metadata")) {
      response.writeHead(200, { "content-type": "application/json" });
      const more = () => response.write(" ".repeat(65_536), () => setImmediate(more));
      return more();
    }
    return json(200, { resource: flags.get("resource") ?? `${base}/mcp`, authorization_servers: [base] });
  },
  "/.well-known/oauth-authorization-server": ({ json }) =>
    json(200, {
      issuer: base,
      authorization_endpoint: flags.get("authorize-url") ?? `${base}/authorize`,
      token_endpoint: flags.get("token-url") ?? `${base}/token`,
      registration_endpoint: `${base}/register`,
      response_types_supported: ["code"],
      code_challenge_methods_supported: ["S256"],
      grant_types_supported: ["authorization_code", "refresh_token", "client_credentials"],
      authorization_response_iss_parameter_supported: true,
    }),
  "/register": ({ body, json }) =>
    json(201, { ...JSON.parse(body), client_id: `client-${++clients}`, client_secret: "registered-secret-1" }),
  "/authorize": ({ url, response }) => {
    if (flags.has("login-page")) return response.writeHead(200, { "content-type": "text/html" }).end("<form>password</form>");
    if (flags.has("redirect-loop")) return response.writeHead(302, { location: url.href }).end();
    const back = new URL(url.searchParams.get("redirect_uri"));
    back.searchParams.set("state", flags.has("wrong-state") ? "forged" : url.searchParams.get("state"));
    back.searchParams.set("iss", flags.has("wrong-issuer") ? "https://evil.example" : base);
    if (flags.has("error-text"))
      (back.searchParams.set("error", "access_denied"), back.searchParams.set("error_description", flags.get("error-text")));
    else back.searchParams.set("code", "code-1");
    return response.writeHead(302, { location: back.href }).end();
  },
  "/token": ({ body, json, request }) => {
    if (flags.has("silent-token")) return;
    if (flags.has("echo-secret"))
      return json(400, { error: "invalid_request", error_description: `you sent ${body} ${request.headers.authorization ?? ""}` });
    const token = `access-token-${++issued}`;
    tokens.add(token);
    const scope = new URLSearchParams(body).get("scope");
    return json(200, {
      access_token: token,
      token_type: "Bearer",
      refresh_token: `refresh-token-${issued}`,
      ...(scope ? { scope } : {}),
      ...(flags.has("expires") ? { expires_in: Number(flags.get("expires")) } : {}),
    });
  },
  "/revoke-all": ({ json }) => (tokens.clear(), json(200, {})),
  "/mcp": ({ request, response, body, json }) => {
    const token = (request.headers.authorization ?? "").replace("Bearer ", "");
    const challenge = `Bearer resource_metadata="${flags.get("metadata-url") ?? `${base}/.well-known/oauth-protected-resource/mcp`}"`;
    if (!tokens.has(token) || flags.has("always-refuse")) return json(401, { error: "invalid_token" }, { "www-authenticate": challenge });
    if (flags.has("scope-never-enough"))
      return json(403, {}, { "www-authenticate": `${challenge}, error="insufficient_scope", scope="more-${issued}"` });
    if (request.method !== "POST") return response.writeHead(405).end();
    const message = JSON.parse(body);
    if (message.id === undefined) return response.writeHead(202).end();
    const result = {
      initialize: initialized,
      "tools/list": { tools: [TOOL] },
      "tools/call": {
        content: [
          {
            type: "text",
            text: `hello ${JSON.stringify(message.params?.arguments)}${flags.has("echo-token") ? ` ${request.headers.authorization} ${btoa(`t=${request.headers.authorization}`)}` : ""}`,
          },
        ],
      },
    }[message.method];
    return result
      ? json(200, { jsonrpc: "2.0", id: message.id, result })
      : json(200, { jsonrpc: "2.0", id: message.id, error: { code: -32_601, message: "Method not found" } });
  },
};
const initialized = { protocolVersion: "2025-11-25", capabilities: { tools: {} }, serverInfo: { name: "oauth", version: "1" } };
const TOOL = { name: "hello", description: "Says hello.", inputSchema: { type: "object" }, annotations: { readOnlyHint: true } };

server.listen(0, "127.0.0.1", () => {
  base = `http://127.0.0.1:${server.address().port}`;
  process.stdout.write(`${base}/mcp\n`);
});
