/** Loads the icon font that lies beside this script; done here because its address is known only on the page. */
const script = document.currentScript;

export function loadIcons(): void {
  if (!(script instanceof HTMLScriptElement)) return;
  const address = new URL("codicon.ttf", script.src);
  document.fonts.add(new FontFace("codicon", `url("${address}")`, { display: "block" }));
}
