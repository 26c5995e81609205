/**
 * Hides the environment from npm packages. They are given what they need
 * explicitly: AWS_PROFILE and other variables must not change a benchmark
 * without the user's knowledge. It also needs no further permissions.
 */
import process from "node:process";

/** From now on packages of this thread see no environment variables. */
export function hideEnvironment(): void {
  Object.defineProperty(process, "env", { value: {}, configurable: true });
}
