/**
 * The permutation that orders samples: what finding the next one costs.
 */
import { Permutation } from "../../lib/sampling/permutation.ts";
import { type Measure, medianOf, secondsOf } from "./measure.ts";

/** DLRM's samples, more than anybody would shuffle in memory. */
const SAMPLE_COUNT = 1_700_000_000;
const LOOKUPS = 2 ** 20;
const ROUND_COUNT = 9;

/** Rows "sampling.*". */
export const measures: readonly Measure[] = [
  {
    id: "sampling.permutation",
    async run() {
      const permutation = new Permutation(SAMPLE_COUNT, 123);
      let checksum = 0;
      const lookUp = () => {
        for (let i = 0; i < LOOKUPS; i++) checksum += permutation.at(i);
      };
      const value = await medianOf(
        ROUND_COUNT,
        () => secondsOf(lookUp) * 1e9 / LOOKUPS,
      );
      // Uses the sum, so that the loop cannot be left out.
      if (Number.isNaN(checksum)) throw new Error("an element is no number");
      return { value, unit: "ns", limit: null };
    },
  },
];
