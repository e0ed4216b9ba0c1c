/** What commands do, in one piece that is loaded with the first of them. */
export { addProvider } from "../../models/host/add-provider.ts";
export { removeApiKey, setApiKey } from "../../models/host/api-keys.ts";
export { selectModel } from "../../models/host/select-model.ts";
export { testConnection } from "../../models/host/test-connection.ts";
export { exportUsage, importUsage } from "../../money/host/usage-files.ts";
export { showMeterActions } from "../../turn/host/meter-actions.ts";
export { addFileToChat, addSelectionToChat } from "./add-to-chat.ts";
export { applyCode } from "./apply-code.ts";
export { editSelection, editWithReadyInstruction } from "./edit-selection.ts";
export { explainSelection } from "./explain-selection.ts";
export { explainTerminalSelection } from "./explain-terminal-selection.ts";
export { generateCommitMessage } from "./generate-commit-message.ts";
export { writeTests } from "./write-tests.ts";
