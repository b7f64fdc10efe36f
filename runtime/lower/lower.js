// The lowerer: modern JavaScript in, what the engine runs out, every token on its own line. It runs
// in a heap of its own that is thrown away; isorun embeds it as one bundle.
import { parse } from './parse.js';

// goal: 'commonjs' (the body of a module's wrapper), 'module', 'script' (code for eval) or
// 'function' (the body of new Function, with `parameters`, a text).
export function lower(source, options) {
    parse(source, options.goal);
    return { code: source, isAsync: false, imports: [], exports: [] };
}
