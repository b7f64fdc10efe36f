// exit: 1
// stderr: a plain string
// main only: a worker's errors are told on its parent
// What is thrown need not be an Error.
throw 'a plain string';
