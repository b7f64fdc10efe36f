// exit: 1
// stderr: 035-uncaught-report\.js:[0-9]+\n    (throw error|var error = new TypeError\('broken'\));\n *\^\n\nTypeError: broken\n    at inner \(.*035-uncaught-report\.js:[0-9]+[:0-9]*\)\n    at .*(\n    at .*)+ \{\n  code: 'E_BROKEN'\n\}
// main only: a worker's errors are told on its parent
// An error nobody handles: where, the line, a caret, the stack, exit code 1 after 'exit'.
process.on('exit', function (code) { console.log('exit', code); });
function inner() {
    var error = new TypeError('broken');
    error.code = 'E_BROKEN';
    throw error;
}
inner();
