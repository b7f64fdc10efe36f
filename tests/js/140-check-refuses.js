// main only: the flag belongs to the program
// flags: --check
// exit: 1
// stderr: 140-check-refuses\.js:6[\s\S]*SyntaxError
console.log('this ran');
var value = ;
