/** A module may say `import ... from "vernier"` even where vernier is not installed beside it (npx, a global install). */
import { registerHooks } from "node:module";

/** Lends such a module the copy that is running; an installed copy wins. The function that is returned ends it. */
export function lendVernier(): () => void {
  const hook = registerHooks({
    resolve(specifier, context, next) {
      if (specifier !== "vernier" && !specifier.startsWith("vernier/")) return next(specifier, context);
      try {
        return next(specifier, context);
      } catch (error) {
        if ((error as { code?: unknown }).code !== "ERR_MODULE_NOT_FOUND") throw error;
        return next(specifier, { ...context, parentURL: import.meta.url });
      }
    },
  });
  return () => hook.deregister();
}
