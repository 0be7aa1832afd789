/**
 * Does something without the ExperimentalWarning of one feature, e.g. `SQLite`, reaching the terminal: we know, we pin
 * what we use and test it on every Node that we support. Every other warning is emitted as ever.
 */
export function withoutExperimentalWarning<T>(feature: string, action: () => T): T {
  const original = Object.getOwnPropertyDescriptor(process, 'emitWarning');
  const emit: unknown = original?.value;
  if (original === undefined || typeof emit !== 'function') return action();
  const filtered = (...args: readonly unknown[]): void => {
    const [warning, type] = args;
    if (type === 'ExperimentalWarning' && String(warning).startsWith(feature)) return;
    Reflect.apply(emit, process, args);
  };
  Object.defineProperty(process, 'emitWarning', { ...original, value: filtered });
  try {
    return action();
  } finally {
    Object.defineProperty(process, 'emitWarning', original);
  }
}
