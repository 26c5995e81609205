/**
 * Keeps npm packages away from the environment: what they need is given to
 * them explicitly, and what stands in AWS_PROFILE or the like must not change
 * a benchmark behind the user's back. It also saves asking for permissions.
 */
import process from "node:process";

/** From now on packages of this thread see no environment variables. */
export function hideEnvironment(): void {
  Object.defineProperty(process, "env", { value: {}, configurable: true });
}
