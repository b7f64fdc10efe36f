// The remainder of whole numbers, and of what only looks like it.
const values = [0, -0, 1, -1, 2, 7, 1000, 0.5, -0.5, 2.5, 4294967295, 4294967296, 4294967297, 2147483648,
    -2147483648, 9007199254740991, -4294967295, 1e300, 5e-324, NaN, Infinity, -Infinity];
const show = (x) => (Object.is(x, -0) ? '-0' : String(x));
for (const a of values) {
    console.log(show(a), values.map((b) => show(a % b)).join(' '));
}
let sum = 0;
for (let i = 0; i < 1000; i++) {
    sum += (i * 7919) % 1000 + (i * 4294967) % 65536;
}
console.log(sum);
