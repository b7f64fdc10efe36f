// Stacks: one line a frame, "    at name (file:line)", innermost first, no internals of the engine.
var assert = require('assert');
function outer() {
    return inner();
}
function inner() {
    return new Error('here').stack + '';
}
function Made() {
    this.stack = new Error('made').stack;
}
var lines = outer().split('\n');
assert.strictEqual(lines[0], 'Error: here');
assert.ok(/^ {4}at inner \(.*062-stack\.js:7(:\d+)?\)$/.test(lines[1]), lines[1]);
assert.ok(/^ {4}at outer \(.*062-stack\.js:4(:\d+)?\)$/.test(lines[2]), lines[2]);
assert.ok(/^ {4}at Object\.<anonymous> \(.*062-stack\.js:12(:\d+)?\)$/.test(lines[3]), lines[3]);
assert.ok(/^ {4}at new Made \(.*062-stack\.js:10(:\d+)?\)$/.test(new Made().stack.split('\n')[1]));
[1].forEach(function () {
    assert.ok(/forEach \(<anonymous>\)/.test(new Error('x').stack));
});
var target = { name: 'Own', message: 'text' };
function capture() {
    Error.captureStackTrace(target, capture);
}
(function caller() {
    capture();
})();
assert.ok(/^ {4}at caller /.test(target.stack.split('\n')[1]), target.stack);
assert.deepStrictEqual(Object.keys(target), ['name', 'message']);
lines.slice(1).forEach(function (line) {
    assert.ok(/^ {4}at [^ ].*$/.test(line) && !/internal$|preventsyield|\.c:/.test(line), line);
});
try {
    null.property;
} catch (error) {
    assert.ok(/062-stack\.js/.test(error.stack.split('\n')[1]), error.stack);
    assert.ok(!/\.c:/.test(error.stack), error.stack);
}
