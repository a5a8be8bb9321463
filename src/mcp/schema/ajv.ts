// The schema validator's library, named here once: behind a bundled chunk only a module of ours keeps the names of a CommonJS package.
export { Ajv2020 } from "ajv/dist/2020.js";
