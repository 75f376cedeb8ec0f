/** What must be cleaned up when the process ends while trials run. One listener, and none while there is nothing to do. */

const pending = new Set<() => void>();

function cleanUp(): void {
  for (const task of pending) task();
}

/** Runs `task` (synchronous, must not throw) when the process ends; the returned function takes it back. */
export function atExit(task: () => void): () => void {
  if (pending.size === 0) process.once("exit", cleanUp);
  pending.add(task);
  return () => {
    pending.delete(task);
    if (pending.size === 0) process.off("exit", cleanUp);
  };
}
