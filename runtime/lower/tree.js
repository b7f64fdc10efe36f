// The shape of acorn's tree: which properties of a node hold children, in the order of the source.

export var CHILDREN = {
    Program: ['body'],
    ExpressionStatement: ['expression'],
    BlockStatement: ['body'],
    StaticBlock: ['body'],
    EmptyStatement: [],
    DebuggerStatement: [],
    WithStatement: ['object', 'body'],
    ReturnStatement: ['argument'],
    LabeledStatement: ['body'],
    BreakStatement: [],
    ContinueStatement: [],
    IfStatement: ['test', 'consequent', 'alternate'],
    SwitchStatement: ['discriminant', 'cases'],
    SwitchCase: ['test', 'consequent'],
    ThrowStatement: ['argument'],
    TryStatement: ['block', 'handler', 'finalizer'],
    CatchClause: ['param', 'body'],
    WhileStatement: ['test', 'body'],
    DoWhileStatement: ['body', 'test'],
    ForStatement: ['init', 'test', 'update', 'body'],
    ForInStatement: ['left', 'right', 'body'],
    ForOfStatement: ['left', 'right', 'body'],
    FunctionDeclaration: ['id', 'params', 'body'],
    FunctionExpression: ['id', 'params', 'body'],
    ArrowFunctionExpression: ['params', 'body'],
    VariableDeclaration: ['declarations'],
    VariableDeclarator: ['id', 'init'],
    ThisExpression: [],
    Super: [],
    ArrayExpression: ['elements'],
    ObjectExpression: ['properties'],
    Property: ['key', 'value'],
    UnaryExpression: ['argument'],
    UpdateExpression: ['argument'],
    BinaryExpression: ['left', 'right'],
    LogicalExpression: ['left', 'right'],
    AssignmentExpression: ['left', 'right'],
    ConditionalExpression: ['test', 'consequent', 'alternate'],
    CallExpression: ['callee', 'arguments'],
    NewExpression: ['callee', 'arguments'],
    MemberExpression: ['object', 'property'],
    ChainExpression: ['expression'],
    SequenceExpression: ['expressions'],
    YieldExpression: ['argument'],
    AwaitExpression: ['argument'],
    Identifier: [],
    PrivateIdentifier: [],
    Literal: [],
    TemplateLiteral: ['quasis', 'expressions'],
    TemplateElement: [],
    TaggedTemplateExpression: ['tag', 'quasi'],
    SpreadElement: ['argument'],
    RestElement: ['argument'],
    ArrayPattern: ['elements'],
    ObjectPattern: ['properties'],
    AssignmentPattern: ['left', 'right'],
    ClassDeclaration: ['id', 'superClass', 'body'],
    ClassExpression: ['id', 'superClass', 'body'],
    ClassBody: ['body'],
    MethodDefinition: ['key', 'value'],
    PropertyDefinition: ['key', 'value'],
    MetaProperty: [],
    ImportExpression: ['source'],
    ImportDeclaration: ['specifiers'],
    ExportNamedDeclaration: ['declaration'],
    ExportDefaultDeclaration: ['declaration'],
    ExportAllDeclaration: [],
    ParenthesizedExpression: ['expression']
};

// Calls step(child) for each child of the node.
export function eachChild(node, step) {
    var keys = CHILDREN[node.type];
    for (var i = 0; i < keys.length; i++) {
        var child = node[keys[i]];
        if (child) {
            if (child.type) {
                step(child);
            } else {
                for (var k = 0; k < child.length; k++) {
                    if (child[k]) {
                        step(child[k]);
                    }
                }
            }
        }
    }
}

// Whether the statement list begins with "use strict".
export function hasUseStrict(body) {
    for (var i = 0; i < body.length && body[i].directive !== undefined; i++) {
        if (body[i].directive === 'use strict') {
            return true;
        }
    }
    return false;
}

// The names a pattern binds: calls step(identifier) for each.
export function eachName(pattern, step) {
    switch (pattern.type) {
    case 'Identifier':
        step(pattern);
        break;
    case 'AssignmentPattern':
        eachName(pattern.left, step);
        break;
    case 'RestElement':
        eachName(pattern.argument, step);
        break;
    case 'ArrayPattern':
        pattern.elements.forEach(function (element) {
            if (element) {
                eachName(element, step);
            }
        });
        break;
    case 'ObjectPattern':
        pattern.properties.forEach(function (property) {
            eachName(property.type === 'RestElement' ? property : property.value, step);
        });
        break;
    }
}

export function isFunction(node) {
    return node.type === 'FunctionExpression' || node.type === 'FunctionDeclaration' ||
        node.type === 'ArrowFunctionExpression';
}

export function isAnonymous(node) {
    return node.type === 'ArrowFunctionExpression' ||
        (node.type === 'FunctionExpression' || node.type === 'ClassExpression') && !node.id;
}
