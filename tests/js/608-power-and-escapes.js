// An update before ** binds closer; keywords with escapes are none.
let base = 4;
console.log(--base ** 2, ++base ** 2, base-- ** 2, base, (-base) ** 2, 2 ** -1, 2 ** 3 ** 2);
const object = { count: 2 };
console.log(++object.count ** 2, --object['count'] ** 3);
for (const code of ['v\\u0061r a', 'i\\u0066 (1) {}', '({ \\u{69}f: 1 }).if', 'var \\u0061b = 2; ab', '-2 ** 2', 'n\\u0065w Date']) {
    try {
        console.log(code, (0, eval)(code));
    } catch (error) {
        console.log(code, error.name);
    }
}
