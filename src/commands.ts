/** What commands do, in one piece that is loaded with the first of them. */

export { addFileToChat, addSelectionToChat } from "./chat/host/add-to-chat.ts";
export { explainSelection } from "./chat/host/explain-selection.ts";
export { explainTerminalSelection } from "./chat/host/explain-terminal-selection.ts";
export { addProvider } from "./models/host/add-provider.ts";
export { removeApiKey, setApiKey } from "./models/host/api-keys.ts";
export { selectModel } from "./models/host/select-model.ts";
export { testConnection } from "./models/host/test-connection.ts";
export { exportUsage, importUsage } from "./money/host/usage-files.ts";
export { showMeterActions } from "./turn/host/meter-actions.ts";
export { applyCode } from "./vscode/commands/apply-code.ts";
export { editSelection, editWithReadyInstruction } from "./vscode/commands/edit-selection.ts";
export { generateCommitMessage } from "./vscode/commands/generate-commit-message.ts";
export { writeTests } from "./vscode/commands/write-tests.ts";
