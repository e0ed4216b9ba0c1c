/** Where the tests of a file are, or would be: by the names that its language and its folder are used to. */

export interface TestFiles {
  /** Names that the tests of the file may have, the most usual first; without folders. */
  names: string[];
  /** Relative to the workspace folder, with forward slashes: where a new file goes when no other tests show the way. */
  newPath: string;
}

interface Habit {
  extensions: readonly string[];
  names(stem: string, extension: string): string[];
  /** The folder of a new test file for one in `folder`. */
  folder(folder: string): string;
}

const beside = (folder: string): string => folder;

/** `src/main/…` has its tests in `src/test/…`. */
const maven = (folder: string): string => folder.replace(/(^|\/)src\/main(\/|$)/, "$1src/test$2");

const capitalised = (stem: string): string => stem.charAt(0).toUpperCase() + stem.slice(1);

const habits: readonly Habit[] = [
  {
    extensions: ["ts", "tsx", "js", "jsx", "mjs", "cjs", "mts", "cts", "vue", "svelte"],
    names(stem, extension) {
      const own = extension === "vue" || extension === "svelte" ? "ts" : extension;
      return [`${stem}.test.${own}`, `${stem}.spec.${own}`];
    },
    folder: beside,
  },
  { extensions: ["py"], names: (stem) => [`test_${stem}.py`, `${stem}_test.py`], folder: () => "tests" },
  { extensions: ["go"], names: (stem) => [`${stem}_test.go`], folder: beside },
  { extensions: ["rb"], names: (stem) => [`${stem}_spec.rb`, `${stem}_test.rb`], folder: () => "spec" },
  { extensions: ["java"], names: (stem) => [`${stem}Test.java`, `${stem}Tests.java`], folder: maven },
  { extensions: ["kt"], names: (stem) => [`${stem}Test.kt`], folder: maven },
  { extensions: ["scala"], names: (stem) => [`${stem}Spec.scala`, `${stem}Test.scala`], folder: maven },
  { extensions: ["cs"], names: (stem) => [`${stem}Tests.cs`, `${stem}Test.cs`], folder: beside },
  { extensions: ["php"], names: (stem) => [`${stem}Test.php`], folder: () => "tests" },
  { extensions: ["swift"], names: (stem) => [`${stem}Tests.swift`], folder: () => "Tests" },
  {
    extensions: ["dart"],
    names: (stem) => [`${stem}_test.dart`],
    folder: (folder) => folder.replace(/^lib(\/|$)/, "test$1"),
  },
  {
    extensions: ["ex"],
    names: (stem) => [`${stem}_test.exs`],
    folder: (folder) => folder.replace(/^lib(\/|$)/, "test$1"),
  },
  {
    extensions: ["c", "cc", "cpp", "cxx"],
    names: (stem, extension) => [`${stem}_test.${extension}`, `test_${stem}.${extension}`],
    folder: () => "tests",
  },
];

/** `path` is relative to the workspace folder, with forward slashes. A test file is its own. */
export function testFilesOf(path: string): TestFiles {
  const slash = path.lastIndexOf("/");
  const folder = slash < 0 ? "" : path.slice(0, slash);
  const name = path.slice(slash + 1);
  if (isTestName(name)) return { names: [name], newPath: path };
  const dot = name.lastIndexOf(".");
  const stem = dot > 0 ? name.slice(0, dot) : name;
  const extension = dot > 0 ? name.slice(dot + 1) : "";
  const habit = habits.find(({ extensions }) => extensions.includes(extension));
  const suffix = extension === "" ? "" : `.${extension}`;
  const names = habit?.names(stem, extension) ?? [
    `${stem}_test${suffix}`,
    `test_${stem}${suffix}`,
    `${capitalised(stem)}Test${suffix}`,
  ];
  const newFolder = (habit?.folder ?? beside)(folder);
  return { names, newPath: newFolder === "" ? names[0]! : `${newFolder}/${names[0]}` };
}

function isTestName(name: string): boolean {
  return /(\.(test|spec)\.\w+$)|(^test_.+\.\w+$)|(_(test|spec)\.\w+$)|(Tests?\.(java|kt|cs|php|swift)$)/.test(name);
}

/**
 * Of several files with a fitting name the one whose folders have most in common with the tested file's; `undefined`
 * when there is none.
 */
export function nearestTo(path: string, found: readonly string[]): string | undefined {
  const own = path.split("/");
  const shared = (other: string): number => {
    const folders = other.split("/");
    return own.filter((folder) => folders.includes(folder)).length / folders.length;
  };
  return [...found].sort((one, other) => shared(other) - shared(one) || one.length - other.length)[0];
}
