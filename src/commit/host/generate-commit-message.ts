/** `runnel.generateCommitMessage`: writes the message of the next commit into the source control input box, as it streams. */

import * as vscode from "vscode";
import { defined } from "../../core/defined.ts";
import type { TurnOutcome } from "../../core/outcome.ts";
import { showInformation, showInStatusBar, withSourceControlProgress } from "../../editor/surfaces/messages.ts";
import { pickOne } from "../../editor/surfaces/picks.ts";
import { createDeltaJoiner } from "../../turn/delta-joiner.ts";
import { runSideTurn, type SideTurnServices, showTurnError } from "../../turn/host/side-turn.ts";
import { type CommitQuestion, commitQuestion } from "../prompt.ts";
import { commitText } from "../text.ts";
import { findGit, type Git, type GitRepository, UNTRACKED } from "./git-api.ts";

const { l10n } = vscode;

/** Commits whose messages show how this project writes its own. */
const RECENT = 10;
/** States of the box that the editor may still be about to report. */
const MOST_STATES = 200;

/** `argument` is the source control whose title has the button; from the palette there is none. */
export async function generateCommitMessage(services: SideTurnServices, argument?: unknown): Promise<void> {
  const git = await findGit();
  if (git === undefined || git.repositories.length === 0) {
    void showInformation(l10n.t("There is no Git repository open here."));
    return;
  }
  const repository = await chooseRepository(git, argument);
  // One message at a time: a second one would write into the same box.
  if (repository === undefined || writing.has(repository.rootUri.toString())) return;
  writing.add(repository.rootUri.toString());
  try {
    await withSourceControlProgress(() => write(services, repository));
  } finally {
    writing.delete(repository.rootUri.toString());
  }
}

const writing = new Set<string>();

async function write(services: SideTurnServices, repository: GitRepository): Promise<void> {
  const { models } = services;
  const target = models.modelFor("commit");
  const contextWindow = target && models.modelInfo(target)?.contextWindow;
  const note = textIn(repository);
  const { staged, ...change } = await changeOf(repository);
  const question = commitQuestion({
    ...change,
    recentSubjects: await recentSubjects(repository),
    note,
    locale: vscode.env.language,
    ...defined({ contextWindow }),
  });
  if (question === undefined) {
    void showInformation(l10n.t("Nothing has changed since the last commit."));
    return;
  }
  tellScope(staged, question.secrets);
  const outcome = await stream(services, repository, question, note);
  void showTurnError(services, outcome, () => generateCommitMessage(services, repository));
}

/** Lets the message grow in the box, until the person types there. */
async function stream(
  services: SideTurnServices,
  repository: GitRepository,
  question: CommitQuestion,
  typed: string,
): Promise<TurnOutcome> {
  const abort = new AbortController();
  let answer = "";
  /** What stood in the box by us; the editor reports it back late, so anything else there is the person's own. */
  const ours = new Set([typed]);
  const isOurs = (): boolean => ours.has(textIn(repository));
  const put = (message: string): void => {
    ours.add(message);
    // Each state of a growing message; the editor has long told of old ones.
    if (ours.size > MOST_STATES) ours.delete(ours.values().next().value!);
    repository.inputBox.value = message;
  };
  const joiner = createDeltaJoiner(({ text = "" }) => {
    answer += text;
    if (!isOurs()) abort.abort();
    const message = commitText(answer);
    if (!abort.signal.aborted && message !== "") put(message);
  });
  const outcome = await runSideTurn(services, {
    purpose: "commit",
    question,
    abort,
    onEvent: (event) => {
      if (event.type === "text-delta") joiner.push({ text: event.text });
    },
  });
  joiner.flush();
  // A whole message takes the place of what was typed; part of one only the place of nothing.
  if (outcome.kind !== "completed" && typed !== "" && isOurs()) put(typed);
  return outcome;
}

function textIn({ inputBox }: GitRepository): string {
  return inputBox.value.replaceAll("\r\n", "\n");
}

/** What the next commit would hold: the index, else everything. */
async function changeOf(repository: GitRepository): Promise<{ diff: string; untracked: string[]; staged: boolean }> {
  await repository.status();
  const staged = await repository.diff(true);
  if (staged.trim() !== "") return { diff: staged, untracked: [], staged: true };
  const { workingTreeChanges, untrackedChanges = [] } = repository.state;
  const root = repository.rootUri.path;
  const untracked = [...workingTreeChanges, ...untrackedChanges]
    .filter(({ status }) => status === UNTRACKED)
    .map(({ uri }) => uri.path.slice(root.length + 1));
  return { diff: await repository.diff(false), untracked, staged: false };
}

async function recentSubjects(repository: GitRepository): Promise<string[]> {
  try {
    const commits = await repository.log({ maxEntries: RECENT });
    return commits.map(({ message }) => message.split("\n", 1)[0]!.trim()).filter((subject) => subject !== "");
  } catch {
    // Before the first commit there is nothing to list.
    return [];
  }
}

/** Milliseconds. */
const HINT_TIME = 10_000;

function tellScope(staged: boolean, secrets: readonly string[]): void {
  if (!staged) {
    showInStatusBar(l10n.t("Nothing is staged: the message is for all changes."), HINT_TIME);
  }
  if (secrets.length > 0) {
    const names = new Intl.ListFormat(vscode.env.language).format(secrets);
    void showInformation(l10n.t("The content of {0} was not sent: it may hold secrets.", names));
  }
}

async function chooseRepository(git: Git, argument: unknown): Promise<GitRepository | undefined> {
  const { repositories } = git;
  if (typeof argument === "object" && argument !== null && "rootUri" in argument) {
    const named = repositories.find(({ rootUri }) => rootUri.toString() === String(argument.rootUri));
    if (named) return named;
  }
  const file = vscode.window.activeTextEditor?.document.uri;
  const around = file && git.getRepository(file);
  if (around || repositories.length === 1) return around ?? repositories[0];
  const items = repositories
    .map((repository) => ({
      label: repository.rootUri.path.slice(repository.rootUri.path.lastIndexOf("/") + 1),
      description: repository.rootUri.fsPath,
      repository,
    }))
    .sort((one, other) => Number(other.repository.ui.selected) - Number(one.repository.ui.selected));
  const picked = await pickOne(items, {
    title: l10n.t("Generate a commit message for which repository?"),
  });
  return picked?.repository;
}
