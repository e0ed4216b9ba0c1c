/** What commands do, in one piece that is loaded with the first of them. */
export { addProvider } from "./models/host/add-provider.ts";
export { removeApiKey, setApiKey } from "./models/host/api-keys.ts";
export { selectModel } from "./models/host/select-model.ts";
export { testConnection } from "./models/host/test-connection.ts";
export { exportUsage, importUsage } from "./money/host/usage-files.ts";
export { showMeterActions } from "./turn/host/meter-actions.ts";
export { addFileToChat, addSelectionToChat } from "./vscode/commands/add-to-chat.ts";
export { applyCode } from "./vscode/commands/apply-code.ts";
export { editSelection, editWithReadyInstruction } from "./vscode/commands/edit-selection.ts";
export { explainSelection } from "./vscode/commands/explain-selection.ts";
export { explainTerminalSelection } from "./vscode/commands/explain-terminal-selection.ts";
export { generateCommitMessage } from "./vscode/commands/generate-commit-message.ts";
export { writeTests } from "./vscode/commands/write-tests.ts";
