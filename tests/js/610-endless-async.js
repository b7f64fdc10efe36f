// Async functions and generators that call themselves without an end are stopped as other functions are,
// and what comes after them runs as if nothing had been.
let calls = 0;
async function dive() {
    calls++;
    await dive();
}
function* descend() {
    yield* descend();
}
function name(error) {
    return error.name + ': ' + error.message;
}

(async () => {
    for (let round = 0; round < 3; round++) {
        calls = 0;
        console.log(await dive().catch(name), calls > 1000);
        try {
            descend().next();
        } catch (error) {
            console.log(name(error));
        }
    }
    const down = async (n) => n === 0 ? 'bottom' : await down(n - 1);
    console.log(await down(1000));
    const count = function* (n) { if (n > 0) { yield n; yield* count(n - 1); } };
    console.log([...count(100)].length);
})();
