// What the command line and the displays must do; cited by the tests under src/cli and src/displays.

export const CLI_REQUIREMENTS: Readonly<Record<string, string>> = {
  "REQ-CLI-1": "Every option is checked; all mistakes of a command line are told at once, with what was probably meant.",
  "REQ-CLI-2":
    "A first argument equal to a command's name is that command, -- forces a question, - and a pipe read it from standard input.",
  "REQ-CLI-3":
    "Without a terminal standard output carries the answer alone; --display json carries the entries and the result last; --quiet and --output do what they say.",
  "REQ-CLI-4":
    "The first Ctrl-C, SIGTERM, SIGHUP or closed output ends the run with its partial result, the second Ctrl-C ends the program at once.",
  "REQ-CLI-5":
    "A conversation carries its history over several questions, has slash commands, takes lines typed ahead and pastes whole, and ends with its input.",
  "REQ-CLI-6": "Stored runs are listed, shown, replayed through any display and exported, found by id, part of an id, folder or `last`.",
  "REQ-CLI-7": "Completion scripts for bash, zsh and fish name every command and option.",
  "REQ-CLI-8": "The shipped examples are listed, printed and copied; the folder they are shipped in is left as it is.",
  "REQ-CLI-9": "Lists of commands keep to the width of the screen.",
  "REQ-UI-1":
    "Every panel fits every size from 40 columns with any recorded log, unknown events, 20 agents and answers of a megabyte included.",
  "REQ-UI-2": "The screen shows names, models, states, text, tools, tokens, cost, servers and budget; ballots open only with the decision.",
  "REQ-UI-3": "No log and no size make drawing throw or exceed the width.",
  "REQ-UI-4":
    "Keys and the mouse reach every agent and every list, scroll and search, and steer the run; leaving a running one is asked for.",
  "REQ-UI-5": "A permission question shows its arguments in full, is answered on purpose only, and says what is remembered.",
  "REQ-UI-6": "A resize is drawn at once; the views stay open until left; the terminal is given back as it was, with the result in it.",
  "REQ-UI-7":
    "A conversation lives in the full screen: its input line has history, completion and whole pastes, and leaving gives the terminal back.",
  "REQ-UI-9":
    "Downloads show a bar with speed and time left, or plain lines; servers that connect show how many are ready and who is missing; lines of ours never tear an open screen.",
  "REQ-UI-10":
    "Every question of a conversation keeps its own text files: one per agent, the run's status, the presentation and the answer, without escape codes.",
  "REQ-UI-11": "The plain displays tell a run in whole lines of plain words and say in one line what everybody is doing.",
  "REQ-UI-12": "However fast agents write and however slow or broken a display is, the log holds every character and every fact, in order.",
  "REQ-UI-13": "The library that draws the full screen stands behind a port; few files know it.",
  "REQ-UI-14":
    "From 40 × 12 to 200 × 50, with 1 to 20 agents, 16 colours, none, or a dumb terminal, wide and right-to-left text included, nothing leaves its column.",
  "REQ-UI-8":
    "The built program does all this in a real terminal, ends cleanly by key, signal and a closed terminal, and holds conversations in every display.",
};
