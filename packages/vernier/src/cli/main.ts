/** The entry: runs the program on the real process. Imported by bin/vernier.js, never by other code. */
import { EXIT, unwritten } from "./errors.ts";
import { processIo } from "./io.ts";
import { program, wantsJson } from "./program.ts";

let closed = false;
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") {
    process.stderr.write(`error E_OUTPUT: ${unwritten(error)}\n`);
    process.exit(EXIT.usage);
  }
  // A reader that has seen enough (`vernier trials | head`) closes the pipe: that is no error. Whatever stops gently at a hang-up, a run,
  // does so now, and its trials go back to waiting.
  if (closed) return;
  closed = true;
  if (!process.emit("SIGHUP", "SIGHUP")) process.exit(EXIT.ok);
});

const argv = process.argv.slice(2);
const io = processIo(wantsJson(argv));
const code = await program(argv, io);
// An objective may leave timers or sockets behind; they must not keep a finished command alive.
await io.flushed();
process.exit(code);
