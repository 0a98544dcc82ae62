/**
 * Compiles one closure per shape. A shape that holds itself gets a closure that looks the finished one up when it is
 * first called.
 */
export function compileOnce<F extends (...args: never[]) => unknown>(
  build: (shapeName: string, compile: (shapeName: string) => F) => F,
): (shapeName: string) => F {
  const done = new Map<string, F>();
  const building = new Set<string>();

  const compile = (shapeName: string): F => {
    const known = done.get(shapeName);
    if (known) return known;
    if (building.has(shapeName)) return ((...args: never[]) => done.get(shapeName)!(...args)) as F;

    building.add(shapeName);
    const compiled = build(shapeName, compile);
    building.delete(shapeName);
    done.set(shapeName, compiled);
    return compiled;
  };
  return compile;
}
