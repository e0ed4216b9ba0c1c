/** Base URLs as people type them, and which hosts may be sent a key. */
import assert from "node:assert/strict";
import { hostScope } from "../../../src/core/host-scope.ts";
import {
  describe as describeProblem,
  joinUrl,
  mayCarryKey,
  normalizeBaseUrl,
  originOf,
} from "../../../src/providers/provider/base-url.ts";

describe("a base URL", () => {
  const accepted: [typed: string, baseUrl: string][] = [
    ["https://api.example.com/v1", "https://api.example.com/v1"],
    ["  https://api.example.com/v1/  ", "https://api.example.com/v1"],
    ["https://api.example.com/v1///", "https://api.example.com/v1"],
    ["https://api.example.com", "https://api.example.com"],
    ["https://api.example.com/v1/chat/completions", "https://api.example.com/v1"],
    ["https://api.example.com/v1/chat/completions/", "https://api.example.com/v1"],
    ["https://api.example.com/v1/models", "https://api.example.com/v1"],
    ["https://api.example.com/v1/responses", "https://api.example.com/v1"],
    ["https://api.ofox.ai/anthropic/v1/messages", "https://api.ofox.ai/anthropic/v1"],
    ["https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1"],
    ["https://api.groq.com/openai/v1/models", "https://api.groq.com/openai/v1"],
    ["https://example.com/my-models/v1", "https://example.com/my-models/v1"],
    ["api.example.com/v1", "https://api.example.com/v1"],
    ["//api.example.com/v1", "https://api.example.com/v1"],
    ["API.Example.COM/v1", "https://api.example.com/v1"],
    ["localhost:8000/chat/stream", "http://localhost:8000"],
    ["localhost:11434", "http://localhost:11434"],
    ["localhost:11434/v1/chat/completions", "http://localhost:11434/v1"],
    ["127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1"],
    ["[::1]:8080/v1", "http://[::1]:8080/v1"],
    ["192.168.0.7:8000/v1", "http://192.168.0.7:8000/v1"],
    ["gpu-box:8000/v1", "http://gpu-box:8000/v1"],
    ["http://gpu.local:8000/v1", "http://gpu.local:8000/v1"],
    ["https://api.example.com:443/v1", "https://api.example.com/v1"],
    ["https://api.example.com:8443/v1", "https://api.example.com:8443/v1"],
    ["“https://api.example.com/v1”".replace(/[“”]/g, '"'), "https://api.example.com/v1"],
    ["https://한국.example/v1", "https://xn--3e0b707e.example/v1"],
    ["wss://api.holysheep.ai/v1/stream", "wss://api.holysheep.ai/v1/stream"],
    ["https://api.example.com/v1#top", "https://api.example.com/v1"],
  ];
  for (const [typed, baseUrl] of accepted) {
    it(`typed as ${JSON.stringify(typed)} is ${baseUrl}`, () => {
      assert.deepEqual(normalizeBaseUrl(typed), { ok: true, baseUrl });
      assert.deepEqual(normalizeBaseUrl(baseUrl), { ok: true, baseUrl }, "and stays so");
    });
  }

  const refused: [typed: string, because: RegExp][] = [
    ["", /empty/],
    ["   ", /empty/],
    ["https://", /not a URL/],
    ["https://exa mple.com", /white space/],
    ["https://user:secret@api.example.com/v1", /name or password/],
    ["https://sk-123@api.example.com/v1", /name or password/],
    ["https://api.example.com/v1?key=secret", /query/],
    ["http://api.example.com/v1", /https/],
    ["ws://api.example.com/v1", /wss:/],
    ["http://8.8.8.8/v1", /https/],
    ["ftp://api.example.com", /ftp/],
    ["file:///etc/passwd", /file/],
    ["javascript://alert(1)", /javascript/],
  ];
  for (const [typed, because] of refused) {
    it(`typed as ${JSON.stringify(typed)} is refused`, () => {
      const result = normalizeBaseUrl(typed);
      assert.equal(result.ok, false);
      assert.match(result.ok ? "" : describeProblem(result.problem), because);
      assert.doesNotMatch(result.ok ? "" : describeProblem(result.problem), /secret|sk-123/);
    });
  }
});

describe("a host", () => {
  const scopes: Record<string, string[]> = {
    loopback: [
      "localhost",
      "LOCALHOST.",
      "app.localhost",
      "127.0.0.1",
      "127.9.9.9",
      "[::1]",
      "::1",
      "0.0.0.0",
      "[::ffff:7f00:1]",
    ],
    private: [
      "10.1.2.3",
      "172.16.0.1",
      "172.31.255.1",
      "192.168.1.1",
      "169.254.1.1",
      "100.64.0.1",
      "[fd00::1]",
      "[fe80::1]",
      "gpu-box",
      "box.local",
      "nas.lan",
      "[::ffff:c0a8:1]",
    ],
    public: [
      "example.com",
      "8.8.8.8",
      "172.32.0.1",
      "172.15.0.1",
      "192.169.0.1",
      "100.128.0.1",
      "11.0.0.1",
      "[2001:db8::1]",
      "localhost.example.com",
      "127.0.0.1.nip.io",
      "local.example",
      "[::ffff:808:808]",
    ],
  };
  for (const [scope, hosts] of Object.entries(scopes)) {
    for (const host of hosts) it(`${host} is ${scope}`, () => assert.equal(hostScope(host), scope));
  }
});

describe("a key", () => {
  it("may go to any host by https, and without encryption to this machine only", () => {
    for (const url of [
      "https://example.com",
      "wss://example.com",
      "http://localhost:1",
      "http://127.0.0.1",
      "ws://[::1]:9",
    ]) {
      assert.equal(mayCarryKey(url), true, url);
    }
    for (const url of ["http://192.168.0.1", "http://gpu-box:8000", "ws://box.local", "http://example.com"]) {
      assert.equal(mayCarryKey(url), false, url);
    }
  });

  it("is bound to scheme, host and port", () => {
    assert.equal(originOf("https://api.example.com/v1"), "https://api.example.com");
    assert.equal(originOf("https://api.example.com:8443/v1"), "https://api.example.com:8443");
    assert.equal(originOf("wss://api.example.com/v1/stream"), "wss://api.example.com");
  });
});

it("an endpoint is joined with exactly one slash", () => {
  for (const base of ["https://a.test/v1", "https://a.test/v1/"]) {
    for (const path of ["models", "/models"]) assert.equal(joinUrl(base, path), "https://a.test/v1/models");
  }
});
