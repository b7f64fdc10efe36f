// util.parseArgs(): options and positionals of a command line.
'use strict';

const errors = require('errors');

function fail(code, message) {
    return errors.coded(TypeError, code, message);
}

function findShort(options, letter) {
    return Object.keys(options).filter(function (name) { return options[name].short === letter; })[0];
}

function named(token) {
    return token.rawName;
}

// {kind, name, rawName, index, value, inlineValue} of each argument.
function tokenize(args, options) {
    var tokens = [];
    var index = 0;
    function option(name, rawName, value, isInline) {
        var type = options[name] && options[name].type;
        if (type === 'string' && value === undefined && index + 1 < args.length) {
            tokens.push({ kind: 'option', name: name, rawName: rawName, index: index,
                value: args[++index], inlineValue: false });
            return;
        }
        tokens.push({ kind: 'option', name: name, rawName: rawName, index: index, value: value,
            inlineValue: value === undefined ? undefined : isInline });
    }
    function group(text) {
        for (var i = 1; i < text.length; i++) {
            var name = findShort(options, text[i]) || text[i];
            var isString = options[name] && options[name].type === 'string';
            if (isString && i < text.length - 1) {
                option(name, '-' + text[i], text.slice(i + 1), true);
                return;
            }
            option(name, '-' + text[i], undefined);
        }
    }
    for (; index < args.length; index++) {
        var text = args[index];
        var equals = text.indexOf('=');
        if (text === '--') {
            tokens.push({ kind: 'option-terminator', index: index });
            for (index++; index < args.length; index++) {
                tokens.push({ kind: 'positional', index: index, value: args[index] });
            }
        } else if (text.slice(0, 2) === '--' && equals > 2) {
            option(text.slice(2, equals), text.slice(0, equals), text.slice(equals + 1), true);
        } else if (text.slice(0, 2) === '--') {
            option(text.slice(2), text, undefined);
        } else if (text[0] === '-' && text.length > 1) {
            group(text);
        } else {
            tokens.push({ kind: 'positional', index: index, value: text });
        }
    }
    return tokens;
}

function check(token, options, allowsPositionals) {
    var option = options[token.name];
    if (option === undefined) {
        throw fail('ERR_PARSE_ARGS_UNKNOWN_OPTION', "Unknown option '" + named(token) + "'" +
            (allowsPositionals ? ". To specify a positional argument starting with a '-', place it " +
            "at the end of the command after '--', as in '-- \"" + named(token) + "\"" : ''));
    }
    var short = option.short ? '-' + option.short + ', ' : '';
    if (option.type === 'string' && typeof token.value !== 'string') {
        throw fail('ERR_PARSE_ARGS_INVALID_OPTION_VALUE',
            "Option '" + short + '--' + token.name + " <value>' argument missing");
    }
    if (option.type === 'boolean' && token.value !== undefined) {
        throw fail('ERR_PARSE_ARGS_INVALID_OPTION_VALUE',
            "Option '" + short + '--' + token.name + "' does not take an argument");
    }
}

exports.parseArgs = function parseArgs(config) {
    config = config || {};
    var args = config.args === undefined ? process.argv.slice(2) : config.args;
    var options = config.options || {};
    var isStrict = config.strict === undefined ? true : config.strict;
    var allowsPositionals = config.allowPositionals === undefined ? !isStrict :
        config.allowPositionals;
    Object.keys(options).forEach(function (name) {
        if (options[name].type !== 'string' && options[name].type !== 'boolean') {
            throw errors.invalidType('options.' + name + '.type',
                'one of type string or boolean', options[name].type);
        }
    });
    var result = { values: Object.create(null), positionals: [] };
    var tokens = tokenize(args, options);
    tokens.forEach(function (token) {
        if (token.kind === 'positional') {
            if (!allowsPositionals) {
                throw fail('ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL', "Unexpected argument '" +
                    token.value + "'. This command does not take positional arguments");
            }
            result.positionals.push(token.value);
        } else if (token.kind === 'option') {
            if (isStrict) {
                check(token, options, allowsPositionals);
            }
            var value = token.value === undefined ? true : token.value;
            if (options[token.name] && options[token.name].multiple) {
                result.values[token.name] = (result.values[token.name] || []).concat([value]);
            } else {
                result.values[token.name] = value;
            }
        }
    });
    Object.keys(options).forEach(function (name) {
        if (options[name].default !== undefined && result.values[name] === undefined) {
            result.values[name] = options[name].default;
        }
    });
    if (config.tokens) {
        result.tokens = tokens;
    }
    return result;
};
