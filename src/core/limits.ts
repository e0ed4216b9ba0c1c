/** How much Runnel takes of what others send or wrote: each number with its reason, and nowhere else. */

const kilo = 1024;
const mega = 1024 * kilo;

export const limits = {
  /** Characters of one answer: text, thinking and arguments of tool calls. The longest real ones have some 2 MB. */
  answer: 32 * mega,
  /** Characters of one commit message, which is shown anew with each piece and is a page at most. */
  commitMessage: 64 * kilo,
  /**
   * Lines of an edit, old and new ones, up to which both are compared once more at its end. A longer one keeps the hunks
   * that were found while it streamed.
   */
  comparedLines: 40_000,
  /** Tool calls of one answer: beyond some dozens a server repeats itself. Decoders keep one more, so that it is seen. */
  toolCalls: 999,
  /** Characters of the arguments of all tool calls of one answer: several times the longest answer of any model. */
  toolArguments: 2 * mega,
  /** Fragments of a chat stream's arguments whose call is not known yet: some servers count their index up with each. */
  strayFragments: 25_000,
  /** Content blocks or output items of one answer: one for each call, and as many of text and of thinking. */
  items: 5000,
  /** Index in a list that arguments name, and empty places in all lists of one call: all are written out. */
  listIndex: 10_000,
  /**
   * Characters of one event, line or WebSocket message, half as many where some take two bytes: a whole answer said
   * again, or an image in base64.
   */
  event: 8 * mega,
  /** Characters from which on an event is parsed in steps, its long strings one by one. */
  largeEvent: 256 * kilo,
  /** Characters of a large event outside its long strings: whole answers and images are little else. */
  looseText: mega,
  /** Characters of the fields that stand under the data of one event. */
  fields: 64 * kilo,
  /** Lines of one WebSocket message. */
  messageLines: 20_000,
  /** Fragments of one WebSocket message: each costs a buffer of its own. */
  fragments: 64 * kilo,
  /** Values inside one event or element of a list: what has more is parsed for longer than an editor may stand still. */
  values: 80_000,
  /** Events of one answer that cannot be read: with more the stream is not to be trusted. */
  malformedEvents: 5,
  /** Lines of a JSON value that stands between events. */
  strayLines: 100,
  /** How often a call's arguments may be encoded as a string once more. */
  argumentEncodings: 3,
  /** Characters of the path that a piece of arguments belongs to. */
  argumentPath: 2000,
  /** Objects and arrays inside one another in what Python printed, which is read by recursion. */
  pythonDepth: 200,
  /** Documents that stand in one event one behind the other; each is an event of its own. */
  documents: 20_000,
  /** Characters of an event that Python printed: its reader is slow, and the events that it is for are short. */
  pythonDict: 512 * kilo,
  /** Objects and arrays inside one another: code that follows them by recursion runs out of stack at some thousands. */
  depth: 500,
  /** Bytes of one body after decompression: 32 million tokens in events of an ordinary length. */
  body: 4096 * mega,
  /** Bytes of a body that bring no output: comments, blank events, or what a few compressed bytes blow up to. */
  silence: 64 * mega,
  /** Content encodings of one body: no server applies more than two, and each costs a decoder. */
  encodings: 4,
  /** Bytes of a head with all its headers; Node's own limit. */
  head: 16 * kilo,
  /** Schemas inside a tool's schema: its references may lead to more and more of each other. */
  schemas: 2000,
  redirects: 3,
  /** Bytes of the body of an error: what counts is at its beginning. */
  errorBody: 64 * kilo,
  /** Characters of an error's own words that are looked at. */
  errorMessage: 2000,
  /** Bytes of a list of models; those of large gateways have about 1 MB. */
  modelList: 32 * mega,
  models: 200_000,
  /** Characters of a model's id or name. */
  modelName: 500,
  /** Characters of a base URL. */
  url: 2048,
  /** Bytes of one line of a file that is read by line: a record of the longest answer, with every character escaped. */
  line: 256 * mega,
  /** Lines that one window writes into one conversation: at a hundred a second it would be a day's worth. */
  logLines: 10_000_000,
} as const;

/** The limits that an error can be about. */
export type LimitName = keyof typeof limits;
