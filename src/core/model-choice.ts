/** A model that a person can choose, as pickers and pages show it. */

/** A server on this machine that answered when the empty chat looked around. */
export interface FoundServer {
  preset: string;
  name: string;
  /** The first of them. */
  models: string[];
  /** How many it has beside those. */
  more?: number;
}

export interface ModelChoice {
  /** "provider/model" */
  target: string;
  /** What the picker shows. */
  label: string;
  providerName: string;
  scripted: boolean;
}
