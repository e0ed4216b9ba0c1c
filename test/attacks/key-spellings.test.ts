/** No run of eight characters of a key is left in any text, however a server spells, cuts, hides or spreads it. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { isPlaceholder, shortestRun } from "../../src/core/key-forms.ts";
import { createRedactor, mark } from "../../src/core/redactor.ts";

const key = "sk-proj-Xk3vQ_9bTz+Lw/7Hn2.Rd5Yc8Mf4Gp6Js1";
const redactor = createRedactor([key]);

const each = (text: string, write: (code: number, index: number) => string): string =>
  [...text].map((character, index) => write(character.charCodeAt(0), index)).join("");
const hex = (code: number, digits = 2): string => code.toString(16).padStart(digits, "0");
const isPlain = (code: number): boolean => /[A-Za-z0-9]/.test(String.fromCharCode(code));

/** How a server may write it, and how to read it again. */
const spellings: Record<string, (text: string) => string> = {
  "as it is": (text) => text,
  "in upper case": (text) => text.toUpperCase(),
  "in lower case": (text) => text.toLowerCase(),
  "in cases that alternate": (text) =>
    each(text, (code, index) => {
      const character = String.fromCharCode(code);
      return index % 2 ? character.toUpperCase() : character.toLowerCase();
    }),
  "percent-encoded where it must be": encodeURIComponent,
  "percent-encoded throughout": (text) => each(text, (code) => `%${hex(code)}`),
  "percent-encoded in capitals at every third": (text) =>
    each(text, (code, index) => (index % 3 ? String.fromCharCode(code) : `%${hex(code).toUpperCase()}`)),
  "percent-encoded twice": (text) => encodeURIComponent(each(text, (code) => `%${hex(code)}`)),
  "percent-encoded thrice": (text) => encodeURIComponent(encodeURIComponent(encodeURIComponent(text))),
  "percent-encoded as a script does": (text) => each(text, (code) => `%u${hex(code, 4)}`),
  "in decimal references of HTML": (text) => each(text, (code) => `&#${code};`),
  "in hexadecimal references of HTML": (text) => each(text, (code) => `&#x${hex(code)};`),
  "in long references of HTML in capitals": (text) => each(text, (code) => `&#X${hex(code, 6).toUpperCase()};`),
  "in references of HTML without their end": (text) =>
    each(text, (code) => (isPlain(code) ? String.fromCharCode(code) : `&#${code}`)),
  "in named references of HTML": (text) =>
    text
      .replaceAll("_", "&lowbar;")
      .replaceAll("-", "&hyphen;")
      .replaceAll("+", "&plus;")
      .replaceAll("/", "&sol;")
      .replaceAll(".", "&period;"),
  "in references of HTML that are escaped again": (text) => each(text, (code) => `&amp;#x${hex(code)};`),
  "in escapes of JSON": (text) => each(text, (code) => `\\u${hex(code, 4)}`),
  "in escapes of JSON in capitals": (text) => each(text, (code) => `\\u${hex(code, 4).toUpperCase()}`),
  "in escapes of JSON within JSON": (text) => JSON.stringify(each(text, (code) => `\\u${hex(code, 4)}`)),
  "in escapes of a script": (text) => each(text, (code) => `\\x${hex(code)}`),
  "in code points of a script": (text) => each(text, (code) => `\\u{${hex(code)}}`),
  "with its signs escaped": (text) => each(text, (code) => (isPlain(code) ? "" : "\\") + String.fromCharCode(code)),
  "in escapes of JSON that are percent-encoded": (text) =>
    encodeURIComponent(each(text, (code) => `\\u${hex(code, 4)}`)),
  "with line breaks": (text) => each(text, (code, index) => (index % 5 ? "" : "\r\n") + String.fromCharCode(code)),
  "with escaped line breaks": (text) =>
    each(text, (code, index) => (index % 6 ? "" : "\\n") + String.fromCharCode(code)),
  "with a space after each character": (text) => each(text, (code) => `${String.fromCharCode(code)} `),
  "with characters that nobody sees": (text) =>
    each(text, (code) => `${String.fromCharCode(code)}\u200b\ufeff\u00ad\u2060`),
  "with combining marks": (text) => each(text, (code) => `${String.fromCharCode(code)}\u0301`),
  "with direction marks": (text) => each(text, (code) => `\u202d${String.fromCharCode(code)}\u2069`),
  "in full-width letters": (text) => each(text, (code) => String.fromCharCode(code + 0xfee0)),
  "with typographic dashes": (text) => text.replaceAll("-", "\u2011"),
  "in hexadecimal digits": (text) => Buffer.from(text).toString("hex"),
  "in base64": (text) => Buffer.from(text).toString("base64"),
  "in base64 after one character": (text) => Buffer.from(`x${text}`).toString("base64"),
  "in base64 after two characters": (text) => Buffer.from(`xy${text}`).toString("base64"),
  "in base64 of a user": (text) => `Basic ${Buffer.from(`somebody:${text}`).toString("base64")}`,
  "in base64 for URLs": (text) => Buffer.from(`?>${text}?>`).toString("base64url"),
  "in base64 with line breaks": (text) => Buffer.from(text).toString("base64").replace(/.{12}/g, "$&\r\n"),
  "in base64 that lost its case": (text) => Buffer.from(text).toString("base64").toLowerCase(),
  "in base64 of its capitals": (text) => Buffer.from(text.toUpperCase()).toString("base64"),
  "in base64 that is percent-encoded": (text) => encodeURIComponent(Buffer.from(text).toString("base64")),
};

/** Whether `text`, read in every way that undoes a spelling, holds eight characters of the key in a row. */
function leaks(text: string, secret: string): boolean {
  const wanted = secret.toLowerCase();
  const views = new Set([text]);
  const undo: ((view: string) => string)[] = [
    (view) =>
      view.replace(/%u([0-9a-f]{4})|%([0-9a-f]{2})/gi, (_, long, short) =>
        String.fromCharCode(Number.parseInt(long ?? short, 16)),
      ),
    (view) =>
      view.replace(/\\u\{?([0-9a-f]{2,4})\}?|\\x([0-9a-f]{2})/gi, (_, long, short) =>
        String.fromCharCode(Number.parseInt(long ?? short, 16)),
      ),
    (view) =>
      view.replace(/&#x([0-9a-f]+);?|&#(\d+);?/gi, (_, h, d) =>
        String.fromCharCode(h ? Number.parseInt(h, 16) : Number(d)),
      ),
    (view) =>
      view
        .replaceAll("&amp;", "&")
        .replaceAll("&lowbar;", "_")
        .replaceAll("&hyphen;", "-")
        .replaceAll("&plus;", "+")
        .replaceAll("&sol;", "/")
        .replaceAll("&period;", "."),
    (view) => view.replace(/\\[nrt]/g, "").replace(/\\([^a-z0-9])/gi, "$1"),
    (view) =>
      view
        .replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
        .replaceAll("\u2011", "-"),
    (view) => view.replace(/[\p{Mn}\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/gu, ""),
  ];
  for (let round = 0; round < 4; round++) for (const view of [...views]) for (const read of undo) views.add(read(view));
  for (const view of [...views]) {
    for (const run of view.match(/[A-Za-z0-9+/_-]{11,}/g) ?? [])
      for (const cut of [0, 1, 2, 3]) views.add(Buffer.from(run.slice(cut), "base64").toString("latin1"));
    for (const run of view.match(/[0-9a-f]{16,}/gi) ?? [])
      for (const cut of [0, 1]) views.add(Buffer.from(run.slice(cut), "hex").toString("latin1"));
  }
  for (const view of views) {
    const text = view.toLowerCase();
    for (let place = 0; place + shortestRun <= wanted.length; place++)
      if (text.includes(wanted.slice(place, place + shortestRun))) return true;
  }
  return false;
}

describe("a key in a server's words", () => {
  for (const [how, spell] of Object.entries(spellings)) {
    it(`is cut out ${how}`, () => {
      const text = `The key ${spell(key)} was refused.`;
      const safe = redactor.text(text);
      assert.ok(safe.includes(mark), safe);
      assert.ok(!leaks(safe, key), safe);
      assert.ok(safe.startsWith("The key ") && safe.endsWith(" was refused."), safe);
    });

    it(`is cut out ${how} and then cut at both ends`, () => {
      const spelled = spell(key);
      for (const [from, to] of [
        [0, spelled.length - 3],
        [3, spelled.length],
        [Math.floor(spelled.length / 4), Math.ceil((3 * spelled.length) / 4)],
      ]) {
        const safe = redactor.text(`“${spelled.slice(from, to)}”`);
        assert.ok(!leaks(safe, key), safe);
      }
    });

    it(`is cut out ${how} when it comes letter by letter`, () => {
      const next = redactor.pieces();
      const safe = [...`The key ${spell(key)} was refused.`].map(next).join("");
      assert.ok(safe.includes(mark), safe);
      assert.ok(!leaks(safe, key), safe);
      assert.ok(safe.endsWith(" was refused."), safe);
    });
  }

  it("is cut out by every eight characters of it, and by no fewer", () => {
    for (let place = 0; place + shortestRun <= key.length; place++) {
      assert.equal(redactor.text(`<${key.slice(place, place + shortestRun)}>`), `<${mark}>`);
      const less = key.slice(place, place + shortestRun - 1);
      assert.equal(redactor.text(`<${less}>`), `<${less}>`);
    }
  });

  it("is cut out of names, values and errors of any depth", () => {
    const safe = redactor.value({ [key]: [{ deep: { deeper: `x${key}` } }], count: 3, none: null });
    assert.deepEqual(safe, { [mark]: [{ deep: { deeper: `x${mark}` } }], count: 3, none: null });
    const untouched = { a: ["b", { c: 1 }] };
    assert.equal(redactor.value(untouched), untouched);
  });

  it("is cut out however much that nobody sees comes between its halves", () => {
    const next = redactor.pieces();
    const pieces = [key.slice(0, 7), ..." \u200b\n".repeat(2000), key.slice(7)];
    assert.ok(!leaks(pieces.map(next).join(""), key));
  });

  it("is cut out of a text of any length, also where the text is read in parts", () => {
    for (const before of [0xffff, 0xfffa, 0x10000, 0x1fffc]) {
      const safe = redactor.text(`${".".repeat(before)}${key}${".".repeat(100)}`);
      assert.ok(!leaks(safe.slice(before - 20), key));
    }
  });

  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./+~=:!$*".split("");
  const anyKey = fc
    .string({ unit: fc.constantFrom(...alphabet), minLength: shortestRun, maxLength: 80 })
    .filter((text) => !isPlaceholder(text));

  it("leaves no run of eight, whichever key, spelling, cut and pieces", () => {
    fc.assert(
      fc.property(
        anyKey,
        fc.constantFrom(...Object.values(spellings)),
        fc.nat(),
        fc.nat(),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }),
        (secret, spell, first, second, sizes) => {
          const spelled = spell(secret);
          const [from, to] = [first % spelled.length, second % (spelled.length + 1)].sort((a, b) => a - b);
          const text = `Some words … ${spelled.slice(from, to)} … and more`;
          const own = createRedactor([secret]);
          assert.ok(!leaks(own.text(text), secret), own.text(text));
          const next = own.pieces();
          let safe = "";
          for (let place = 0, turn = 0; place < text.length; turn++) {
            const size = sizes[turn % sizes.length]!;
            safe += next(text.slice(place, place + size));
            place += size;
          }
          assert.ok(!leaks(safe, secret), safe);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("leaves ordinary text as it is, whole or in pieces", () => {
    const texts = [
      'if (a && b) { printf("%d%%\\n", x & 0xff); } // \\u0041 &amp; &lt;b&gt; %20 C:\\new\\table',
      "The model `gpt-4.1-mini` does not exist. 모델을 찾을 수 없습니다 👋 ｆｕｌｌ　ｗｉｄｔｈ — “dashes” – and more",
      "Qk3v Xk3v 9bTz Rd5Yc8M sk-proj",
    ];
    for (const text of texts) {
      assert.equal(redactor.text(text), text);
      const next = redactor.pieces();
      assert.equal([...text].map(next).join(""), text);
    }
  });

  it("cuts nothing for a placeholder or what is too short", () => {
    for (const dummy of [
      "test",
      "demo",
      "ollama",
      "lm-studio",
      "not-needed",
      "no-key-required",
      "sk-no-key-required",
      "placeholder",
      "localhost",
      "ollama-local",
      "llama.cpp",
      "api-key",
      "your-api-key",
      "xxxxxxxx",
      "sk-1234",
      "",
      "abc1234",
    ]) {
      const text = `ollama-local lm-studio demo test: a ${dummy} in llama.cpp on localhost is not-needed`;
      assert.equal(createRedactor([dummy]).text(text), text, dummy);
    }
  });

  it("is looked for in time that grows as the text does", () => {
    // Steps are counted by the characters that are read, in the text as in each of its spellings.
    const stepsFor = (text: string): number => {
      const read = String.prototype.charCodeAt;
      let steps = 0;
      String.prototype.charCodeAt = function (this: string, place: number) {
        steps++;
        return read.call(this, place);
      };
      try {
        redactor.text(text);
      } finally {
        String.prototype.charCodeAt = read;
      }
      return steps;
    };
    for (const hostile of ["%", "&", "\\", "%25", "&amp;", "\\u005c", "\n", "sk-proj-", "Xk3vQ_9", "&#", "%u"]) {
      const [one, two, four] = [1000, 2000, 4000].map((count) => stepsFor(hostile.repeat(count)));
      assert.ok(two! <= 2.5 * one! && four! <= 2.5 * two!, `${hostile}: ${one} ${two} ${four}`);
    }
  });

  it("is found with letters beyond ASCII, as a proxy's password may have them", () => {
    const password = "pÄss-wörtÜ-schlü9ß";
    const own = createRedactor([password]);
    const redact = (text: string): string => own.text(text);
    // Of its last letter the second byte may be left, which says nothing.
    for (const said of [password, password.toLowerCase(), encodeURIComponent(password), password.slice(3, 12)])
      assert.equal(redact(`Key: ${said}.`).replace("%9F", ""), `Key: ${mark}.`);
    assert.equal(redact("Größe und Maß, 日本語の文章です。"), "Größe und Maß, 日本語の文章です。");
  });
});
