// ES modules. Imported names are read from the modules' namespaces, $module.ns[i]; exports are told to
// $module before the body's first statement, as functions that read the local name.
import { copyTo, put, skipTo, text } from './editor.js';
import { visitFunction, visitNamed } from './functions.js';
import { visitClass } from './classes.js';
import { fresh } from './naming.js';
import { placeOf } from './refuse.js';
import { eachName, isAnonymous } from './tree.js';
import { quote } from './variables.js';
import { register, visit } from './visit.js';

var imports; // { specifier, attributes, names }; names are { name, line, column }
var exported; // names
var definitions; // texts
var defaultName;
var goal;
var file;
var source;

export function openModule(theGoal, theFile, theSource) {
    imports = [];
    exported = [];
    definitions = [];
    defaultName = null;
    goal = theGoal;
    file = theFile;
    source = theSource;
}

function nameText(node) {
    return node.type === 'Literal' ? node.value : node.name;
}

function access(name) {
    return /^[A-Za-z_$][\w$]*$/.test(name) ? '.' + name : '[' + quote(name) + ']';
}

function attributesOf(node) {
    var list = {};
    (node.attributes || []).forEach(function (attribute) {
        list[nameText(attribute.key)] = attribute.value.value;
    });
    return list;
}

function importIndex(node) {
    var specifier = node.source.value;
    var attributes = attributesOf(node);
    for (var i = 0; i < imports.length; i++) {
        if (imports[i].specifier === specifier &&
            JSON.stringify(imports[i].attributes) === JSON.stringify(attributes)) {
            return i;
        }
    }
    imports.push({ specifier: specifier, attributes: attributes, names: [] });
    return imports.length - 1;
}

function define(name, value) {
    exported.push(name);
    definitions.push('$module.define(' + quote(name) + ', function () { return ' + value + '; });');
}

function localRead(identifier) {
    var binding = identifier.binding;
    var name = binding ? binding.out : identifier.name;
    if (binding && binding.flag !== null) {
        return binding.flag + ' ? ' + name + ' : $lowered.early(' + quote(identifier.name) + ')';
    }
    return name;
}

// The loader checks that what is asked for is there.
function ask(index, name, node) {
    var place = placeOf(source, node.start);
    imports[index].names.push({ name: name, line: place.line, column: place.column });
}

// ---- before the code is put: what is imported and exported --------------------------------------

var collectors = {
    ImportDeclaration: function (node) {
        var index = importIndex(node);
        node.specifiers.forEach(function (specifier) {
            var from = '$module.ns[' + index + ']';
            if (specifier.type === 'ImportNamespaceSpecifier') {
                specifier.local.binding.out = from;
                return;
            }
            var name = specifier.type === 'ImportDefaultSpecifier' ? 'default' :
                nameText(specifier.imported);
            ask(index, name, specifier);
            specifier.local.binding.out = from + access(name);
        });
    },
    ExportAllDeclaration: function (node) {
        var index = importIndex(node);
        if (node.exported) {
            define(nameText(node.exported), '$module.ns[' + index + ']');
        } else {
            definitions.push('$module.star(' + index + ');');
        }
    },
    ExportDefaultDeclaration: function (node) {
        var declaration = node.declaration;
        if (declaration.id && /Declaration$/.test(declaration.type)) {
            define('default', localRead(declaration.id));
            return;
        }
        defaultName = fresh('default');
        var isHoisted = declaration.type === 'FunctionDeclaration';
        node.flag = isHoisted ? null : fresh('default');
        define('default', isHoisted ? defaultName :
            node.flag + ' ? ' + defaultName + ' : $lowered.early("default")');
    }
};

function collectNamed(node) {
    if (node.source) {
        var index = importIndex(node);
        node.specifiers.forEach(function (specifier) {
            ask(index, nameText(specifier.local), specifier);
            define(nameText(specifier.exported), '$module.ns[' + index + ']' +
                access(nameText(specifier.local)));
        });
    } else if (node.declaration) {
        if (node.declaration.type === 'VariableDeclaration') {
            node.declaration.declarations.forEach(function (declarator) {
                eachName(declarator.id, function (name) {
                    define(name.name, localRead(name));
                });
            });
        } else {
            define(node.declaration.id.name, localRead(node.declaration.id));
        }
    } else {
        // once the imports are known
        node.specifiers.forEach(function (specifier) {
            define(nameText(specifier.exported), localRead(specifier.local));
        });
    }
}

// -> the texts that register the exports
export function collectModule(program) {
    program.body.forEach(function (node) {
        if (node.type === 'ImportDeclaration') {
            collectors.ImportDeclaration(node);
        } else if (node.source) {
            importIndex(node);
        }
    });
    program.body.forEach(function (node) {
        if (node.type === 'ExportNamedDeclaration') {
            collectNamed(node);
        } else if (node.type !== 'ImportDeclaration' && collectors[node.type]) {
            collectors[node.type](node);
        }
    });
    return definitions.join(' ');
}

export function moduleRecord() {
    return { imports: imports, exports: exported };
}

// ---- the code -----------------------------------------------------------------------------------

function drop(node) {
    copyTo(node.start);
    skipTo(node.end);
}

function visitDefault(node) {
    var declaration = node.declaration;
    copyTo(node.start);
    skipTo(declaration.start);
    if (declaration.id && /Declaration$/.test(declaration.type)) {
        visit(declaration);
        return;
    }
    if (declaration.type === 'FunctionDeclaration') {
        visitFunction(declaration, { name: 'default', declares: defaultName });
        return;
    }
    put('var ' + defaultName + ' = ');
    if (declaration.type === 'ClassDeclaration') {
        visitClass(declaration, 'default');
    } else {
        put('(');
        if (isAnonymous(declaration)) {
            visitNamed(declaration, 'default');
        } else {
            skipTo(node.start + 'export default'.length);
            skipTo(text(node.start, declaration.start).length + node.start);
            visit(declaration);
        }
        copyTo(declaration.end);
        put(')');
    }
    put(', ' + node.flag + ' = true;');
    skipTo(node.end);
}

register({
    ImportDeclaration: drop,
    ExportAllDeclaration: drop,
    ExportNamedDeclaration: function (node) {
        if (!node.declaration) {
            drop(node);
            return;
        }
        copyTo(node.start);
        skipTo(node.declaration.start);
        visit(node.declaration);
    },
    ExportDefaultDeclaration: visitDefault,
    ImportExpression: function (node) {
        copyTo(node.start);
        put(goal === 'module' ? '$module.dynamic(' : '$lowered.dynamic(');
        skipTo(node.source.start);
        visit(node.source);
        copyTo(node.source.end);
        if (node.options) {
            put(', ');
            skipTo(node.options.start);
            visit(node.options);
            copyTo(node.options.end);
        } else if (goal !== 'module') {
            put(', void 0');
        }
        put((goal === 'module' ? '' : ', ' + quote(file)) + ')');
        skipTo(node.end);
    }
});
