// exit: 9
// process.exit in an 'exit' listener sets the code and ends; the event is not told again.
process.on('exit', function () {
    console.log('once');
    process.exit(9);
});
process.exit(1);
