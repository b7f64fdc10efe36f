// Errors of lowered code are on the lines of the source.
const lines = (error) => error.stack.split('\n').filter((line) => line.includes('262-lines'))
    .map((line) => Number(/262-lines\.js:(\d+)/.exec(line)[1])).join();
class Thrower {
    #value = 1;
    raise({ a = 1, ...rest } = {}) {
        const text = `several
lines ${a}`;
        const error =
            new Error(text + rest + this.#value);
        throw error;
    }
}
function* generate() {
    yield 1;
    throw new Error('generated');
}
const arrow = (x) => x?.y
    ?? missing;
async function wait() {
    await null;
    throw new Error('awaited');
}
try { new Thrower().raise(); } catch (error) { console.log(lines(error)); }
try { for (const x of generate()) { } } catch (error) { console.log(lines(error).split(',')[0]); }
try { arrow(); } catch (error) { console.log(lines(error)); }
try { [1].forEach((x) => { null.x; }); } catch (error) { console.log(lines(error)); }
wait().catch((error) => console.log(lines(error).split(',')[0]));
