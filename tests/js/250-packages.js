// require() finds packages as Node does: node_modules, main, exports with conditions, patterns and
// refusals, and a package that asks for itself or for its own "imports".
var resolve = require('./fixtures/packages/resolve.js');
resolve(['main', 'main/lib', 'main/lib/', 'main/lib/index', 'no-main', './node_modules/no-main', 'null',
    '@scope/name', '@scope', '@scope/none', 'absent', './me', './me.js', './me/', './', '.', '..', './own']);
resolve(['exports', 'exports/', 'exports/a', 'exports/a.js', 'exports/b/x', 'exports/b/deep/x.js',
    'exports/b/hidden/x', 'exports/b/absent', 'exports/browser', 'exports/conditions', 'exports/nested',
    'exports/list', 'exports/loose', 'exports/climbs', 'exports/folder/x.js', 'exports/number',
    'exports/missing', 'exports/package.json', 'exports/../main', 'exports/b/../a', 'mixed', 'empty']);
resolve(['self', 'self/me', '#me', '#other', '#none', '#star/me', '#star/../me', '#absent', '#', '#/me']);
resolve(['.hidden', 'a%2fb', 'a\\b', 'Main', ' ']);
console.log(['@scope/name', 'main', 'exports/conditions', 'exports/a'].map(resolve.require));
console.log(resolve.require('self') === resolve.require('#me'));
