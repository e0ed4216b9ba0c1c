/** What tests of the transport share: a short request, its whole answer, and the error it fails with. */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { AssistantError } from "../../src/core/errors.ts";
import type { HttpRequest, HttpResponse, Transport } from "../../src/stream/transport/transport.ts";

export function send(transport: Transport, url: string, more: Partial<HttpRequest> = {}): Promise<HttpResponse> {
  return transport.request({
    method: "POST",
    url,
    headers: {},
    body: "{}",
    signal: new AbortController().signal,
    timeouts: { connect: 5, firstToken: 5, idle: 5 },
    ...more,
  });
}

export async function readAll(response: HttpResponse): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of response.body) text += decoder.decode(bytes, { stream: true });
  return text;
}

/** What `action` fails with; fails itself when that is no AssistantError. */
export async function failureOf(action: Promise<unknown>): Promise<AssistantError> {
  const error = await action.then(
    () => assert.fail("should have failed"),
    (thrown) => thrown,
  );
  if (!(error instanceof AssistantError)) throw error;
  if (error.cause !== undefined) {
    assert.ok(error.cause instanceof Error);
    JSON.stringify({ ...error.cause });
  }
  return error;
}

export async function eventually(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !condition(); tries++) await delay(5);
  assert.ok(condition());
}
