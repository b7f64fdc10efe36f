// exit: 1
// stderr: fixtures/bad/syntax\.js:2\nvar b = ;\n {8}\^\n\nSyntaxError: 
// main only: a worker's errors are told on its parent
// An uncaught syntax error: file, line, the source line, a caret below the place.
require('./fixtures/bad/syntax');
