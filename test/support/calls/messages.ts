/** Dialects of calls in Messages streams: where blocks begin, and whose index their pieces have. */
import fc from "fast-check";
import { blockDelta, blockStart, blockStop, messageEnd, messageStart, textBlock } from "../messages.ts";
import {
  between,
  type CallAnswer,
  cuts,
  inOrder,
  manners,
  orders,
  piecesOf,
  places,
  type Sent,
  sentCalls,
} from "./sent.ts";

export const messageCalls: fc.Arbitrary<CallAnswer> = fc
  .record({
    calls: sentCalls,
    manner: fc.constantFrom(...manners),
    order: fc.constantFrom(...orders),
    id: fc.constantFrom("own", "none", "shared"),
    index: fc.constantFrom("right", "zero", "none", "far"),
    hasStops: fc.boolean(),
    cuts,
    places,
  })
  .map((dialect) => {
    const { calls, manner, order, id, index, hasStops } = dialect;
    const blocks = calls.map((call, number) => {
      const { pieces, needed } = piecesOf(JSON.stringify(call.arguments), manner, dialect.cuts);
      const at = { right: number, zero: 0, none: undefined, far: number }[index] as number;
      const own = { own: `id${number}`, none: undefined, shared: "id" }[id];
      const sent: Sent[] = [{ event: blockStart(at, { type: "tool_use", id: own, name: call.name, input: {} }) }];
      pieces.forEach((partial_json, count) => {
        const place = index === "far" ? at + 1 : at;
        const closes = count === needed - 1 ? [number] : [];
        sent.push({ event: blockDelta(place, { type: "input_json_delta", partial_json }), closes });
      });
      if (hasStops) sent.push({ event: blockStop(at) });
      return sent;
    });
    const texts = dialect.places.map((_, at) => textBlock(20 + at, `text ${at}`));
    const sent = between(inOrder(blocks, order), texts, index === "none" ? [] : dialect.places);
    const all = [{ event: messageStart() }, ...sent, { event: messageEnd("tool_use") }];
    const isClear = hasStops && index === "right" && id === "own";
    return { calls, sent: all, isClear, dialect: JSON.stringify(dialect) };
  });
