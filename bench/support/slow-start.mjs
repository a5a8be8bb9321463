// The counting server of the tests, half a second late: what a server costs that loads a lot before it answers.
setTimeout(() => void import("../../test/servers/counting-server.mjs"), 500);
