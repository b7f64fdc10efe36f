// stderr: Warning: careful\n
// Warnings are an event and a line on stderr.
process.on('warning', function (warning) {
    console.log(warning.name, warning.message, warning.code);
});
process.emitWarning('careful');
process.emitWarning('old', 'DeprecationWarning', 'DEP1');
process.emitWarning('typed', { type: 'Custom', code: 'C1' });
console.log('first');
