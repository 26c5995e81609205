/**
 * A question of the comparison: what it prints and whether the answer is the
 * one that is wanted.
 */
import type { Tool } from "./tool.ts";

/** Where and with what a question is answered. */
export interface Setting {
  /** Empty and for this question alone. */
  readonly folder: string;
  readonly stoker: Tool;
  readonly dlio: Tool;
  /** Python that DLIO runs in. */
  readonly python: string;
}

/** What came out. */
export interface Answer {
  /** Command lines that were run, without results folders. */
  readonly commands: readonly string[];
  /** First row is the head; all have as many cells. */
  readonly table: readonly (readonly string[])[];
  /** Sentences below the table. */
  readonly notes: readonly string[];
}

/** One part of the comparison. */
export interface Question {
  /** Chosen by on the command line. */
  readonly id: string;
  readonly title: string;
  answer(setting: Setting): Promise<Answer> | Answer;
}
