// Shows the chat once a window of `npm start` is up: VS Code opens a side bar only on a view it knew before.
const vscode = require("vscode");

exports.activate = () => vscode.commands.executeCommand("runnel.openChat");
