// Source text to a tree. The parser is acorn; what it finds wrong is told in this file's words.
import { Parser } from 'acorn';
import { refuse } from './refuse.js';

var GOALS = {
    commonjs: { sourceType: 'commonjs' },
    module: { sourceType: 'module' },
    script: { sourceType: 'script' },
    'function': { sourceType: 'commonjs' }
};

export function parse(source, goal) {
    var options = GOALS[goal];
    if (!options) {
        throw new TypeError('no such goal: ' + goal);
    }
    try {
        return Parser.parse(source, {
            ecmaVersion: 2025,
            sourceType: options.sourceType,
            allowHashBang: true
        });
    } catch (error) {
        if (error.loc) {
            refuse(source, error.pos, error.message.replace(/ \(\d+:\d+\)$/, ''));
        }
        throw error;
    }
}
