import { didYouMean, spell } from "../../space/spell.ts";
import { usageError } from "../args.ts";
import type { Command } from "../command.ts";
import { completionScript, SHELLS } from "../complete.ts";
import type { Shell } from "../complete.ts";
import { isOn, jsonFlag } from "../flags.ts";
import { printJson } from "../json.ts";

/** `vernier completion bash` */
export const completion: Command = {
  name: "completion",
  about: "Print a script that completes commands, flags and study names.",
  usage: ["vernier completion bash|zsh|fish"],
  args: {
    shell: { type: "positional", required: false, description: "bash, zsh or fish." },
    ...jsonFlag,
  },
  values: { shell: SHELLS },
  notes: [
    "Put the line into your shell's start file. It completes what this version of vernier knows; after an update nothing has to be done.",
  ],
  examples: [
    ["source <(vernier completion bash)", "In ~/.bashrc"],
    ["source <(vernier completion zsh)", "In ~/.zshrc, after compinit"],
    ["vernier completion fish | source", "In ~/.config/fish/config.fish"],
  ],
  run: async (flags, given) => {
    const { io, positionals } = given;
    const [shell] = positionals;
    if (shell === undefined) throw usageError("say for which shell: vernier completion bash, zsh or fish");
    if (!SHELLS.includes(shell as Shell))
      throw usageError(
        `there is no completion for ${spell(shell)}.${didYouMean(shell, SHELLS)} There is one for ${SHELLS.join(", ")}.`,
      );
    const commands = await given.commands();
    const { SAMPLER_NAMES } = await import("../../samplers/registry.ts");
    const { SCHEDULER_NAMES } = await import("../../schedulers/registry.ts");
    const script = completionScript(shell as Shell, commands, { samplers: SAMPLER_NAMES, schedulers: SCHEDULER_NAMES });
    if (isOn(flags, "json")) return printJson(io, "completion", { shell, script });
    io.out(script);
  },
};
