// Code and JSON in data: URLs.
const js = (text) => 'data:text/javascript,' + encodeURIComponent(text);
(async () => {
    console.log((await import('data:text/javascript,export default 5')).default);
    console.log((await import(js('import { join } from "path"; export const x = join("a", "b"); export const u = import.meta.url.slice(0, 21);'))));
    console.log((await import('data:text/javascript;base64,' + Buffer.from('export default "é😀"').toString('base64'))).default);
    console.log((await import('data:application/json,{"a":[1]}', { with: { type: 'json' } })).default);
    console.log((await import(js('export * from ' + JSON.stringify(js('export const inner = 1'))))).inner);
    console.log(await import(js('export const a = 1')) === await import(js('export const a = 1')));
})();
