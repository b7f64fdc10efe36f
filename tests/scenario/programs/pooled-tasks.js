// Handlers of pooled.js.
var kept = [];
exports.resize = function (value) {
    kept.push(new Array(101).join('thousand characters, nearly, ' + kept.length));
    return value;
};
