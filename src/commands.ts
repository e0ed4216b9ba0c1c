/** What commands do, in one piece that is loaded with the first of them. */

export { addFileToChat, addSelectionToChat } from "./chat/host/add-to-chat.ts";
export { explainSelection } from "./chat/host/explain-selection.ts";
export { explainTerminalSelection } from "./chat/host/explain-terminal-selection.ts";
export { generateCommitMessage } from "./commit/host/generate-commit-message.ts";
export { applyCode } from "./edit/host/apply-code.ts";
export { editSelection, editWithReadyInstruction } from "./edit/host/edit-selection.ts";
export { writeTests } from "./edit/host/write-tests.ts";
export { addProvider } from "./models/host/add-provider.ts";
export { removeApiKey, setApiKey } from "./models/host/api-keys.ts";
export { selectModel } from "./models/host/select-model.ts";
export { testConnection } from "./models/host/test-connection.ts";
export { exportUsage, importUsage } from "./money/host/usage-files.ts";
export { showMeterActions } from "./turn/host/meter-actions.ts";
