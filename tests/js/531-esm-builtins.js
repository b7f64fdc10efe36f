// Built-in modules whose names have a slash are imported as they are required.
async function main() {
    const { setTimeout: wait } = await import('node:timers/promises');
    console.log(await wait(1, 'waited'), typeof (await import('fs/promises')).readFile);
    for (const name of ['timers/promises', 'fs/promises', 'path/posix', 'util/types', 'assert/strict', 'stream/promises']) {
        const imported = await import('node:' + name);
        console.log(name, imported.default === require(name), imported === await import(name));
    }
}
main();
