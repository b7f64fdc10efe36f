'use strict';
// Math as of ES2015: values, and how the functions look.
['expm1', 'log1p', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh', 'fround', 'cbrt', 'sign',
    'trunc', 'log2', 'log10', 'clz32'].forEach(function (name) {
    var f = Math[name];
    var d = Object.getOwnPropertyDescriptor(Math, name);
    console.log(name, f.name, f.length, d.writable, d.enumerable, d.configurable,
        'prototype' in f, [0, 1, 0.5, -0.25, NaN].map(function (x) { return f(x).toFixed(10); }).join(' '));
});
console.log(1 / Math.expm1(-0), 1 / Math.fround(-0), Math.fround(5.05), Math.fround(2e40));
console.log(Math.hypot(3, 4), Math.imul(0xffffffff, 5), Math.acosh(0.5));
