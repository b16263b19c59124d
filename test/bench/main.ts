/** `load` starts nodes and has options of its own; the suites share theirs. */
await (process.argv[2] === "load" ? import("./load/main.js") : import("./suites.js"));
