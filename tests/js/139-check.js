// main only: the flag belongs to the program
// flags: --check
// --check compiles and runs nothing.
throw new Error('this ran');
