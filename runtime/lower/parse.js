// Source text to a tree. The parser is acorn; what it finds wrong is told in this file's words.
import { Parser } from 'acorn';
import { refuse } from './refuse.js';

var GOALS = {
    commonjs: { sourceType: 'commonjs' },
    module: { sourceType: 'module' },
    script: { sourceType: 'script' },
    'function': { sourceType: 'commonjs' }
};

// acorn asks of every name whether it is a keyword, by a long regular expression: a table is faster.
var tables = {};

function Words(expression) {
    var words = Object.create(null);
    /\(\?:(.*)\)/.exec(expression.source)[1].split('|').forEach(function (word) {
        words[word] = true;
    });
    this.words = words;
}

Words.prototype.test = function (word) {
    return this.words[word] === true;
};

function tabled(expression) {
    var key = expression.source;
    return tables[key] || (tables[key] = new Words(expression));
}

// Names of ASCII letters alone, which is nearly all, are read without acorn's care for the others.
var readAnyWord = Parser.prototype.readWord1;
var IN_WORD = [];
for (var code = 0; code < 128; code++) {
    IN_WORD[code] = /[\w$]/.test(String.fromCharCode(code));
}

function readWord1() {
    var input = this.input;
    var start = this.pos;
    var end = start;
    var next = input.charCodeAt(end);
    while (next < 128 && IN_WORD[next]) {
        next = input.charCodeAt(++end);
    }
    if (next >= 128 || next === 92) {
        return readAnyWord.call(this);
    }
    this.containsEsc = false;
    this.pos = end;
    return input.slice(start, end);
}

function run(source, options) {
    var parser = new Parser(options, source);
    parser.readWord1 = readWord1;
    ['keywords', 'reservedWords', 'reservedWordsStrict', 'reservedWordsStrictBind'].forEach(function (name) {
        parser[name] = tabled(parser[name]);
    });
    return parser.parse();
}

export function parse(source, goal) {
    var options = GOALS[goal];
    if (!options) {
        throw new TypeError('no such goal: ' + goal);
    }
    try {
        return run(source, {
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
