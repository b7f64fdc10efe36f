// The lowerer: modern JavaScript in, what the engine runs out, every token on its own line. It runs
// in a heap of its own that is thrown away; isorun embeds it as one bundle. Its passes:
//   parse.js     source to acorn's tree
//   scopes.js    who declares and who uses which name; deadzone.js, naming.js: what follows from it
//   visit.js     one walk over the tree that copies the source and changes what the engine lacks:
//                variables, patterns, functions, classes, loops, members, chains, operators,
//                literals, objects, statements, modules
//   editor.js    the output
import { parse } from './parse.js';
import { analyze } from './scopes.js';
import { findChecks } from './deadzone.js';
import { chooseSign, nameBindings } from './naming.js';
import * as context from './context.js';
import * as editor from './editor.js';
import { judge, refuse } from './refuse.js';
import { aliases, closeRenames, hasRenamedThis, nameAliases, openRenames } from './variables.js';
import { putMarks } from './functions.js';
import { collectModule, moduleRecord, openModule } from './modules.js';
import { resetSites, siteNames } from './literals.js';
import { visitStatement } from './visit.js';
import './patterns.js';
import './classes.js';
import './loops.js';
import './members.js';
import './chains.js';
import './operators.js';
import './objects.js';
import './statements.js';

function putProgram(program, goal, definitions) {
    var fn = program.fn;
    var first = 0;
    if (goal === 'module') {
        editor.put('"use strict";');
        fn.isModule = true;
    }
    for (; first < program.body.length && program.body[first].directive !== undefined; first++) {
        editor.copyTo(program.body[first].end);
        editor.put(';');
    }
    if (fn.needs.self && goal !== 'module' && !hasRenamedThis()) {
        editor.put('var ' + aliases.self + ' = this;');
    }
    if (fn.needs.args) {
        editor.put('var ' + aliases.args + ' = arguments;');
    }
    if (definitions) {
        editor.put(definitions);
    }
    putMarks(program.scope);
    if (goal === 'module') {
        editor.put('$module.begin();');
    }
    program.body.slice(first).forEach(visitStatement);
}

function lowerProgram(source, goal, file) {
    var program = parse(source, goal);
    chooseSign(goal);
    var analysis = analyze(program, goal);
    findChecks(analysis);
    nameBindings(analysis);
    nameAliases();
    judge(source);
    editor.open(source);
    context.reset();
    resetSites();
    openModule(goal, file, source);
    if (source.slice(0, 2) === '#!') {
        editor.put('//');
        editor.skipTo(2);
    }
    var definitions = goal === 'module' ? collectModule(program) : '';
    var outer = context.enter(program.fn, 'function');
    putProgram(program, goal, definitions);
    editor.copyTo(source.length);
    outer.vars = outer.vars.concat(siteNames());
    if (outer.vars.length || outer.declared) {
        editor.put(/\n$/.test(source) ? '' : '\n');
    }
    context.leave();
    var record = moduleRecord();
    return {
        code: editor.result(),
        isAsync: analysis.has.await === true,
        imports: record.imports,
        exports: record.exports
    };
}

// The body of new Function: parameters and body must each be whole by themselves.
function lowerFunction(source, parameters, file) {
    parse('(function anonymous(' + parameters + '\n) {\n})', 'script');
    parse(source, 'function');
    return lowerProgram('(function anonymous(' + parameters + '\n) {\n' + source + '\n})', 'script', file);
}

function lowerScript(source, renames, file) {
    if (renames) {
        openRenames(renames);
    }
    try {
        return lowerProgram(source, 'script', file);
    } finally {
        closeRenames();
    }
}

// goal: 'commonjs' (the body of a module's wrapper), 'module', 'script' (code for eval; `parameters`: how
// names are called around a direct one) or 'function' (for new Function, with `parameters`, a text: the
// code is an expression, the function).
export function lower(source, options) {
    try {
        return options.goal === 'function' ?
            lowerFunction(source, options.parameters || '', options.file) :
            options.goal === 'script' ? lowerScript(source, options.parameters, options.file) :
            lowerProgram(source, options.goal, options.file);
    } catch (error) {
        if (error instanceof RangeError) {
            refuse(source, 0, 'the source is nested too deeply', 'nesting');
        }
        throw error;
    }
}
