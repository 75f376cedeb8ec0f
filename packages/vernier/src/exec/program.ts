/** Finds a program the way the system would, so that a missing one is told before the first trial, and why. */
import { accessSync, constants, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, delimiter, isAbsolute, resolve } from "node:path";
import { VernierError } from "../core/errors.ts";
import { didYouMean, spell } from "../space/spell.ts";
import type { Environment } from "./environment.ts";

const WINDOWS = process.platform === "win32";

/**
 * Refuses a working directory or a program that cannot be run. Windows looks for programs in ways of its own; there only the directory is
 * checked.
 *
 * @throws VernierError E_COMMAND_CWD, E_COMMAND_NOT_FOUND, E_COMMAND_NOT_EXECUTABLE
 */
export function checkProgram(program: string, cwd: string, environment: Environment): void {
  checkDirectory(cwd);
  if (WINDOWS) return;
  if (!program.includes("/")) {
    const found = searchPath(environment).find(dir => isRunnable(resolve(cwd, dir, program)));
    if (found === undefined) throw notFound(program, cwd, environment);
    return;
  }
  const path = resolve(cwd, program);
  if (isRunnable(path)) return;
  throw statSync(path, { throwIfNoEntry: false }) === undefined
    ? notFound(program, cwd, environment)
    : notExecutable(program, path);
}

function checkDirectory(cwd: string): void {
  const stat = statSync(cwd, { throwIfNoEntry: false });
  if (stat?.isDirectory() === true) return;
  throw new VernierError(
    "E_COMMAND_CWD",
    `the working directory ${spell(cwd, 200)} ${stat === undefined ? "does not exist" : "is a file"}. A command runs in a directory. ` +
      `Create it, or pass another cwd.`,
  );
}

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** An empty entry means the working directory. */
const searchPath = ({ PATH }: Environment): string[] =>
  PATH === undefined || PATH === "" ? [] : PATH.split(delimiter).map(dir => dir || ".");

function notFound(program: string, cwd: string, environment: Environment): VernierError {
  const what = program === "" ? "the program's name is empty" : `there is no program ${spell(program, 200)}`;
  const path = searchPath(environment);
  let where = "";
  let next = " Correct the name, or install it.";
  if (program.includes("/")) {
    where = isAbsolute(program) ? "" : ` in ${spell(cwd, 200)}`;
    next = " Correct the path.";
  } else if (path.length === 0) {
    where = ": the command was given no PATH to search";
    next = " Pass command({ environment: process.env }), or write the program's whole path.";
  } else {
    where = " on the PATH";
    const here = statSync(resolve(cwd, program), { throwIfNoEntry: false })?.isFile() === true;
    const line = isRunnable(resolve(cwd, program)) ? JSON.stringify(`./${program}`) : runLine(`./${program}`);
    if (here) next = ` It is a file here: write ${line}.`;
    else if (/\s/.test(program))
      next = ` Write program and arguments as separate strings: ${JSON.stringify(program.trim().split(/\s+/))}.`;
    else next = didYouMean(program, namesOn(path, cwd)) || " Correct the name, or install it.";
  }
  return new VernierError("E_COMMAND_NOT_FOUND", `${what}${where}.${next}`, { details: { program } });
}

function namesOn(path: readonly string[], cwd: string): string[] {
  return path.flatMap(dir => {
    try {
      return readdirSync(resolve(cwd, dir)).sort();
    } catch {
      return [];
    }
  });
}

function notExecutable(program: string, path: string): VernierError {
  const isDirectory = statSync(path).isDirectory();
  const fault = isDirectory
    ? `${spell(program, 200)} is a directory. A command names a program. Write the program inside it.`
    : `${spell(program, 200)} may not be executed. A program needs the execute permission, or an interpreter before it. ` +
      `Write ${runLine(program)}, or run: chmod +x ${program}`;
  return new VernierError("E_COMMAND_NOT_EXECUTABLE", fault, { details: { program } });
}

const INTERPRETERS: Readonly<Record<string, string>> = {
  py: "python3",
  js: "node",
  mjs: "node",
  ts: "node",
  sh: "sh",
  r: "Rscript",
  jl: "julia",
  pl: "perl",
  rb: "ruby",
};

/** How one starts this file: a script by its interpreter, anything else by itself. */
function runLine(program: string): string {
  const extension = /\.(\w+)$/.exec(basename(program))?.[1]?.toLowerCase();
  const interpreter = extension === undefined ? undefined : INTERPRETERS[extension];
  const file = program.startsWith("./") ? program.slice(2) : program;
  return interpreter === undefined
    ? JSON.stringify(program)
    : `${JSON.stringify(interpreter)}, ${JSON.stringify(file)}`;
}

/** What the system answered when it was asked to start the program, in our words. */
export function startError(
  error: unknown,
  argv: readonly string[],
  cwd: string,
  environment: Environment,
): VernierError {
  const program = argv[0] ?? "";
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "EACCES" || code === "ENOTDIR") {
    try {
      checkProgram(program, cwd, environment);
    } catch (found) {
      if (found instanceof VernierError) return found;
    }
    const interpreter = firstLine(resolve(cwd, program));
    if (code === "ENOENT" && interpreter?.startsWith("#!") === true)
      return new VernierError(
        "E_COMMAND_NOT_FOUND",
        `${spell(program, 200)} asks for an interpreter that does not exist: ${spell(interpreter)}. A script's first line names a program by ` +
          `its whole path and ends without a carriage return. Correct the line.`,
        { cause: error, details: { program } },
      );
  }
  if (code === "E2BIG" || code === "ERR_INVALID_ARG_VALUE")
    return new VernierError(
      "E_COMMAND_ARGUMENT",
      `the system does not take the arguments of ${spell(program)}: ` +
        `${code === "E2BIG" ? "they are too long" : "one holds a byte of zero"}. Long or odd values travel by file. ` +
        `Write {params} in place of them: it is the path of a JSON file with all parameters.`,
      { cause: error },
    );
  if (code === "EAGAIN" || code === "ENOMEM" || code === "EMFILE" || code === "ENFILE")
    return new VernierError(
      "E_COMMAND_START",
      `the system cannot start ${spell(program)} now (${code}): too many processes or open files, or no memory. ` +
        `Every running trial needs some. Lower the concurrency.`,
      { cause: error },
    );
  return new VernierError(
    "E_COMMAND_START",
    `${spell(program, 200)} cannot be started: ${message}. It must be a program for this machine, or a script whose first line names ` +
      `its interpreter (#!/usr/bin/env python3). Try it by hand.`,
    { cause: error },
  );
}

function firstLine(path: string): string | undefined {
  try {
    return readFileSync(path, { encoding: "latin1" }).split("\n", 1)[0]?.slice(0, 100);
  } catch {
    return undefined;
  }
}
