/** The editor's name for the language that a code fence names. */

/** What models write, where the editor calls it otherwise. */
const ALIASES = new Map(
  Object.entries({
    bash: "shellscript",
    "c#": "csharp",
    "c++": "cpp",
    console: "shellscript",
    cs: "csharp",
    docker: "dockerfile",
    golang: "go",
    htm: "html",
    js: "javascript",
    jsx: "javascriptreact",
    kt: "kotlin",
    make: "makefile",
    md: "markdown",
    objc: "objective-c",
    pl: "perl",
    ps1: "powershell",
    py: "python",
    rb: "ruby",
    rs: "rust",
    sh: "shellscript",
    shell: "shellscript",
    svg: "xml",
    tex: "latex",
    ts: "typescript",
    tsx: "typescriptreact",
    yml: "yaml",
    zsh: "shellscript",
  }),
);

/** `known` are the editor's languages; undefined where it has none for this. */
export function editorLanguage(tag: string, known: readonly string[]): string | undefined {
  const name = tag.toLowerCase();
  return [name, ALIASES.get(name)].find((each) => each !== undefined && known.includes(each));
}
