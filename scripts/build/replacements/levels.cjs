// All that winston's own settings take from logform's index: the names of levels, without the colors of a terminal.
exports.levels = (config) => config;
