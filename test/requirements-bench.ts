// What `massgen bench` promises.

export const BENCH_REQUIREMENTS = {
  "REQ-BENCH-1": "The same MCP work goes through every backend's real path; one that cannot run keeps its row with the reason.",
  "REQ-BENCH-2": "Coordination is measured team by team: requests, answers, votes, votes thrown away, time and memory.",
  "REQ-BENCH-3": "Samples of the other strategies never cost more than the council, and one more sample would.",
  "REQ-BENCH-4": "Answers are graded and counted as the questions say; a share of right answers comes with its 95 % interval.",
  "REQ-BENCH-5":
    "Figures come as a table, as JSON and as one HTML file that loads and runs nothing; mistakes in a questions file are told at once.",
} as const;
