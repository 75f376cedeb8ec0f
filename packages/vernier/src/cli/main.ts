/** The entry: runs the program on the real process. Imported by bin/vernier.js, never by other code. */
import { processIo } from "./io.ts";
import { program, wantsJson } from "./program.ts";

// A reader that has seen enough (`vernier trials | head`) closes the pipe: that is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

const argv = process.argv.slice(2);
const io = processIo(wantsJson(argv));
const code = await program(argv, io);
// An objective may leave timers or sockets behind; they must not keep a finished command alive.
await io.flushed();
process.exit(code);
