/** Which proxy a request goes through, by settings and environment. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { AssistantError } from "../../../src/core/errors.ts";
import {
  defaultNetwork,
  type Environment,
  type NetworkSettings,
  proxyFor,
  readProxy,
} from "../../../src/stream/transport/proxy.ts";

const proxy = "http://proxy.example:3128";

function through(url: string, settings: Partial<NetworkSettings> = {}, environment: Environment = {}) {
  return proxyFor(new URL(url), { ...defaultNetwork, ...settings }, environment)?.host ?? "direct";
}

describe("the proxy of a request", () => {
  const cases: [what: string, url: string, settings: Partial<NetworkSettings>, environment: Environment, is: string][] =
    [
      ["none without any", "https://a.example", {}, {}, "direct"],
      ["that of the setting", "https://a.example", { proxy }, {}, "proxy.example:3128"],
      ["that of the setting for plain http", "http://a.lan", { proxy }, {}, "proxy.example:3128"],
      [
        "that of the setting before the environment's",
        "wss://a.example",
        { proxy },
        { HTTPS_PROXY: "http://b:1" },
        "proxy.example:3128",
      ],
      ["none when proxies are off", "https://a.example", { proxy, useProxy: false }, { HTTPS_PROXY: proxy }, "direct"],
      ["HTTPS_PROXY", "https://a.example", {}, { HTTPS_PROXY: "http://s:1", HTTP_PROXY: "http://p:2" }, "s:1"],
      ["HTTP_PROXY for http", "http://a.lan", {}, { HTTPS_PROXY: "http://s:1", HTTP_PROXY: "http://p:2" }, "p:2"],
      ["HTTPS_PROXY for wss", "wss://a.example", {}, { HTTPS_PROXY: "http://s:1", HTTP_PROXY: "http://p:2" }, "s:1"],
      ["HTTP_PROXY for ws", "ws://a.lan", {}, { HTTPS_PROXY: "http://s:1", HTTP_PROXY: "http://p:2" }, "p:2"],
      ["HTTP_PROXY for https when it is alone", "https://a.example", {}, { HTTP_PROXY: "http://p:2" }, "p:2"],
      ["not HTTPS_PROXY for http", "http://a.lan", {}, { HTTPS_PROXY: "http://s:1" }, "direct"],
      ["ALL_PROXY last", "http://a.lan", {}, { ALL_PROXY: "http://all:9", HTTPS_PROXY: "http://s:1" }, "all:9"],
      ["lower case", "https://a.example", {}, { https_proxy: "http://lower:1" }, "lower:1"],
      [
        "an address without scheme",
        "https://a.example",
        {},
        { HTTPS_PROXY: "proxy.example:8080" },
        "proxy.example:8080",
      ],
      ["not an empty one", "https://a.example", { proxy: " " }, { HTTPS_PROXY: "" }, "direct"],
    ];
  for (const [what, url, settings, environment, is] of cases) {
    it(`is ${what}`, () => assert.equal(through(url, settings, environment), is));
  }

  for (const host of ["localhost", "127.0.0.1", "127.9.9.9", "[::1]", "[::ffff:127.0.0.1]", "a.localhost", "0.0.0.0"]) {
    it(`is never asked for ${host}`, () => {
      assert.equal(through(`http://${host}:11434/v1`, { proxy }, { ALL_PROXY: proxy }), "direct");
    });
  }

  const exceptions: [entry: string, host: string, is: boolean][] = [
    ["example.com", "example.com", true],
    ["example.com", "api.example.com", true],
    ["example.com", "notexample.com", false],
    [".example.com", "api.example.com", true],
    ["*.example.com", "api.example.com", true],
    ["*.example.com", "example.org", false],
    [" EXAMPLE.com ", "Api.Example.Com", true],
    ["example.com:443", "example.com", true],
    ["example.com:8443", "example.com", false],
    ["example.com:8443", "example.com:8443", true],
    ["*", "anything.example", true],
    ["", "anything.example", false],
    ["10.1.2.3", "10.1.2.3", true],
    ["10.0.0.0/8", "10.200.3.4", true],
    ["10.0.0.0/8", "11.0.0.1", false],
    ["10.0.0.0/99", "10.0.0.1", false],
    ["fd00::/8", "[fd12::1]", true],
    ["[fd12::1]", "[fd12::1]", true],
    ["[fd12::1]:8443", "[fd12::1]", false],
  ];
  for (const [entry, host, is] of exceptions) {
    it(`is ${is ? "not " : ""}asked for ${host} when ${JSON.stringify(entry)} is an exception`, () => {
      assert.equal(through(`https://${host}`, { proxy, noProxy: ["other.example", entry] }) === "direct", is);
      assert.equal(through(`https://${host}`, { proxy }, { NO_PROXY: `other.example,${entry}` }) === "direct", is);
    });
  }

  it("has the exceptions of the environment only where the setting has none", () => {
    const environment = { no_proxy: "example.com" };
    assert.equal(through("https://example.com", { proxy }, environment), "direct");
    assert.equal(through("https://example.com", { proxy, noProxy: ["b.example"] }, environment), "proxy.example:3128");
  });

  it("is decided for any exception, and one that names the host always counts", () => {
    const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
    fc.assert(
      fc.property(label, label, fc.string(), (name, domain, other) => {
        const url = `https://${name}.${domain}.example`;
        assert.equal(through(url, { proxy, noProxy: [other, `${domain}.example`] }), "direct");
      }),
    );
  });
});

describe("a proxy's address", () => {
  const authorizationOf = (address: string, given?: string) => readProxy(address, given).authorization;

  it("gives the name and password, and shows neither", () => {
    const read = readProxy("https://us%40er:p%3Ass@proxy.example:8443/");
    assert.equal(read.authorization, `Basic ${Buffer.from("us@er:p:ss").toString("base64")}`);
    assert.equal(read.host, "proxy.example:8443");
    assert.equal(authorizationOf("http://user@proxy.example"), `Basic ${Buffer.from("user:").toString("base64")}`);
    assert.equal(authorizationOf("http://a:50%@proxy.example"), `Basic ${Buffer.from("a:50%").toString("base64")}`);
    assert.equal(authorizationOf("http://proxy.example"), undefined);
    assert.equal(authorizationOf("http://a:b@proxy.example", "Bearer x"), "Bearer x");
  });

  for (const address of [
    "socks5://me:secret@proxy.example:1080",
    "ftp://me:secret@proxy.example",
    "http://me:secret@",
    "a b:secret",
  ]) {
    it(`is refused when it is ${address.replace(/me:secret@/, "")}, without telling the password`, () => {
      assert.throws(
        () => readProxy(address),
        (error) => {
          assert.ok(error instanceof AssistantError);
          assert.equal(error.kind, "proxy");
          assert.equal(error.retryable, false);
          assert.doesNotMatch(JSON.stringify([error.message, error.details, error.stack]), /secret/);
          return true;
        },
      );
    });
  }
});
