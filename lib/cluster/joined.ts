/** The processes of a run, as one of them knows them. */
import type { Cluster } from "./cluster.ts";
import { type ProcessLink, soloLink } from "./link.ts";
import { placedAlone, type Placement } from "./placement.ts";

/** See the file header. */
export interface Joined {
  /** What they say to each other, and which of them this is. */
  readonly link: ProcessLink;
  /** Where they are. */
  readonly placement: Placement;
}

/** A process that is alone. @param hostname Of its host. */
export function aloneOn(hostname: string): Joined {
  return { link: soloLink, placement: placedAlone(hostname) };
}

/**
 * A process that does its part of what several would do; nobody is asked, so
 * all seem to be here. Of the first one this is the plan for all.
 *
 * @param cluster Which of them.
 * @param hostname Of its host.
 */
export function aloneAmong(cluster: Cluster, hostname: string): Joined {
  return {
    link: { ...soloLink, cluster },
    placement: {
      hostnames: [hostname],
      hostOf: Array.from({ length: cluster.size }, () => 0),
    },
  };
}
