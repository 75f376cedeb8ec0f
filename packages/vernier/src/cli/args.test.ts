import { describe, expect, it } from "vitest";
import { parseLine } from "./args.ts";
import type { Command } from "./command.ts";

const COMMAND: Command = {
  name: "demo",
  about: "A demonstration.",
  usage: ["vernier demo FILE [flags]"],
  args: {
    file: { type: "positional", required: false, description: "A file." },
    trials: { type: "string", valueHint: "N", description: "How many." },
    minimize: { type: "string", valueHint: "METRIC", description: "A metric." },
    json: { type: "boolean", description: "JSON." },
  },
  repeat: ["minimize"],
  run: () => Promise.resolve(),
};
const parse = (...argv: string[]): ReturnType<typeof parseLine> => parseLine(COMMAND, argv);
const message = (...argv: string[]): string => {
  try {
    parse(...argv);
  } catch (error) {
    return `${(error as { code: string }).code}: ${(error as Error).message}`;
  }
  return "no error";
};

describe("parseLine", () => {
  it("reads flags in both spellings, positionals anywhere, and leaves the tail alone", () => {
    const line = parse("--trials=3", "study.ts", "--json", "--", "python", "--lr", "{lr}", "--", "--help");
    expect(line).toEqual({
      rawArgs: ["--trials=3", "--json", "--", "study.ts"],
      all: { trials: ["3"], json: [] },
      positionals: ["study.ts"],
      tail: ["python", "--lr", "{lr}", "--", "--help"],
      help: false,
    });
  });
  it("keeps every value of a flag that may repeat", () => {
    expect(parse("--minimize", "a", "--minimize=b").all["minimize"]).toEqual(["a", "b"]);
  });
  it("takes negative numbers and values with = as values", () => {
    expect(parse("--trials", "-3").all["trials"]).toEqual(["-3"]);
    expect(parse("--minimize", "a=b").all["minimize"]).toEqual(["a=b"]);
    expect(parse("--minimize=").all["minimize"]).toEqual([""]);
    expect(parse("-.5").positionals).toEqual(["-.5"]);
  });
  it("says each mistake with the next step", () => {
    expect(message("--trails", "3")).toMatchInlineSnapshot(
      `"E_CLI_FLAG: \`vernier demo\` has no flag --trails. Did you mean "--trials"? See \`vernier demo --help\`; flags of your own program go after \`--\`."`,
    );
    expect(message("-x")).toMatchInlineSnapshot(
      `"E_CLI_FLAG: \`vernier demo\` has no flag -x. See \`vernier demo --help\`; flags of your own program go after \`--\`."`,
    );
    expect(message("--trials")).toMatchInlineSnapshot(
      `"E_CLI_USAGE: --trials needs a value. Write --trials N; a value that begins with "-" as --trials=N."`,
    );
    expect(message("--trials", "--json")).toMatchInlineSnapshot(
      `"E_CLI_USAGE: --trials needs a value. Write --trials N; a value that begins with "-" as --trials=N."`,
    );
    expect(message("--trials", "1", "--trials", "2")).toMatchInlineSnapshot(
      `"E_CLI_USAGE: --trials was given twice: "1" and "2". Keep one of them."`,
    );
    expect(message("--json=yes")).toMatchInlineSnapshot(
      `"E_CLI_USAGE: --json is a switch and takes no value; got "yes". Write --json alone."`,
    );
    expect(message("a", "b")).toMatchInlineSnapshot(
      `"E_CLI_USAGE: "b" is one word too many for \`vernier demo\`. Usage: vernier demo FILE [flags]. Quote values that hold spaces; see \`vernier demo --help\`."`,
    );
  });
  it("knows --help anywhere before the tail", () => {
    expect(parse("a", "b", "--help").help).toBe(true);
    expect(parse("-h").help).toBe(true);
    expect(parse("--", "--help").help).toBe(false);
  });
});
