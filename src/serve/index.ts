// The door of the server: the council offered to other programs over MCP, on standard input and output or over HTTP.
export { openCouncil, type Council, type CouncilOptions, type SessionWish } from "./council.ts";
export { councilPorts } from "./council-ports.ts";
export { isLoopbackName } from "./http-guard.ts";
export { HTTP_PATH, serveHttp, type HttpOptions, type HttpServer } from "./http.ts";
export { serveStdio, type StdioServer } from "./stdio.ts";
