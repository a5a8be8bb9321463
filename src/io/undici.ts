// The HTTP client's library, named here once: behind a bundled chunk only a module of ours keeps the names of a CommonJS package.
export { Agent, EnvHttpProxyAgent, fetch } from "undici";
