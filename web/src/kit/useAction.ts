import { useCallback, useState } from "react";

/** Run something that can fail, once at a time, and keep why it failed. */
export function useAction<Arguments extends unknown[]>(
  action: (...values: Arguments) => Promise<void>,
) {
  const [isRunning, setRunning] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = async (...values: Arguments) => {
    setRunning(true);
    setError(null);
    try {
      await action(...values);
    } catch (thrown) {
      setError(thrown);
    } finally {
      setRunning(false);
    }
  };
  const clear = useCallback(() => {
    setError(null);
  }, []);
  return { run, isRunning, error, clear };
}
