// Turns what arrives, cut anywhere, into well-formed text: whole surrogate pairs, LF line ends, no control characters.

const controls = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\p{Cs}/gu;

export class InputFilter {
  private heldSurrogate = "";
  private afterReturn = false;

  /** The text that can be used now; half a surrogate pair waits for its other half. */
  push(arrived: string): string {
    let text = this.heldSurrogate + arrived;
    this.heldSurrogate = "";
    if (text === "") return "";
    const last = text.charCodeAt(text.length - 1);
    if (last >= 0xd800 && last <= 0xdbff) {
      this.heldSurrogate = text.slice(-1);
      text = text.slice(0, -1);
    }
    return this.clean(text);
  }

  end(): string {
    const rest = this.heldSurrogate;
    this.heldSurrogate = "";
    return this.clean(rest);
  }

  private clean(text: string): string {
    if (text === "") return "";
    // CR LF is one line end even if the two arrive apart: the LF behind a CR is dropped.
    let clean = this.afterReturn && text.startsWith("\n") ? text.slice(1) : text;
    this.afterReturn = text.endsWith("\r");
    if (clean.includes("\r")) clean = clean.replace(/\r\n?/g, "\n");
    return clean.replace(controls, "\ufffd");
  }
}
