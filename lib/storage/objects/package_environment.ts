/**
 * Hides the environment from npm packages. They are given what they need
 * explicitly: AWS_PROFILE and other variables must not change a benchmark
 * without the user's knowledge. It also needs no further permissions.
 *
 * `node:process` is loaded only then: it costs each thread a megabyte.
 */

/** From now on packages of this thread see no environment variables. */
export async function hideEnvironment(): Promise<void> {
  const { default: process } = await import("node:process");
  Object.defineProperty(process, "env", { value: {}, configurable: true });
}
