// What must hold where other programs use this one: as a library that goes on, and as a server.

export const SERVED_REQUIREMENTS: Readonly<Record<string, string>> = {
  "REQ-LIB-1":
    "A program takes a run up again with `resume`, as the command does: by the run's own team or one that is given, without paying twice.",
};
