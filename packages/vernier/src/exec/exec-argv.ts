/** Node's own arguments for a child process: this process's, without those that are about its main program. */

/** These would make the child evaluate a text, watch, test, or wait for a debugger, in place of doing its work. */
const OWN = /^--(?:input-type|watch|test|inspect|eval|print|check|interactive|run)/;
/** With the text that follows. */
const EVAL = new Set(["-e", "--eval", "-p", "--print", "-pe"]);

export function passedOn(execArgv: readonly string[]): string[] {
  return execArgv.filter((arg, i) => !EVAL.has(arg) && !EVAL.has(execArgv[i - 1] ?? "") && !OWN.test(arg));
}
