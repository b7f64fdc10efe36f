// ES modules: every form of import and export, live bindings, cycles, namespaces.
import def, { count, add as plus } from './fixtures/esm/cycle.mjs';
import * as cycle from './fixtures/esm/cycle.mjs';
import { name } from './fixtures/esm/common.cjs';
import common from './fixtures/esm/common.cjs';
import path, { join } from 'node:path';
import data from './fixtures/esm/data.json' with { type: 'json' };
import { one, leaf, renamed, 'a string' as text, local, twice, first, second, join as joined, numbers,
    later, data as through } from './fixtures/esm/reexports.mjs';
import * as all from './fixtures/esm/reexports.mjs';
import './fixtures/esm/leaf.mjs';

console.log(count, def(), name, common, join('x', 'y'), path.join === join, data);
plus();
console.log(count, cycle.count, cycle);
export const own = 'own';
export function hoisted() { return own; }
export { own as default };
console.log(hoisted(), cycle.default === def);

console.log(one, leaf.one, renamed === leaf.default, renamed.name, text, local, twice, first, second);
console.log(joined === join, [...numbers()], await later(), through === common.data);
console.log({ ...all, later: 0, numbers: 0, leaf: 0 }, all.leaf.one);
console.log(Object.keys(all).join(), all[Symbol.toStringTag], Object.prototype.toString.call(all), Object.isExtensible(all));
console.log(Reflect.ownKeys(cycle), Object.getPrototypeOf(cycle), 'count' in cycle, 'none' in cycle);

for (const change of [() => { count = 5; }, () => { cycle.count = 5; }, () => { delete cycle.count; },
    () => { cycle.more = 1; }, () => { own = 1; }]) {
    try { change(); } catch (error) { console.log(error.name); }
}
console.log(this, typeof require, typeof module, typeof exports, typeof __filename);
(function () { console.log(this === undefined); }());
