// exit: 7
// process.exit ends at once, whatever surrounds it.
try {
    process.exit(7);
} catch (error) {
    console.log('caught');
} finally {
    console.log('finally');
}
console.log('after');
setTimeout(function () { console.log('timer'); }, 1);
