// The parts of the set-up that the tests use; index.d.mts says what they take and give.
export { bundles } from "./bundles.mjs";
export { findEditor } from "./editor.mjs";
export { startBrowser } from "./headless.mjs";
export { installHelper, settingsFile, startServer, workbenchUrl } from "./launch.mjs";
export { noticesFile, noticesOf, packagesOf } from "./licences.mjs";
export { cacheFolder, ownName, removeAbandoned, root } from "./project.mjs";
export { changeSettings, quietSettings } from "./settings.mjs";
export { withStrictProposals } from "./strict-server.mjs";
