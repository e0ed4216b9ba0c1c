// Activates and does nothing.
exports.activate = () => {};
