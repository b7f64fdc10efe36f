// DOMException, as Node throws and rejects with.
'use strict';

const CODES = ['IndexSizeError', 'DOMStringSizeError', 'HierarchyRequestError', 'WrongDocumentError',
    'InvalidCharacterError', 'NoDataAllowedError', 'NoModificationAllowedError', 'NotFoundError',
    'NotSupportedError', 'InUseAttributeError', 'InvalidStateError', 'SyntaxError',
    'InvalidModificationError', 'NamespaceError', 'InvalidAccessError', 'ValidationError',
    'TypeMismatchError', 'SecurityError', 'NetworkError', 'AbortError', 'URLMismatchError',
    'QuotaExceededError', 'TimeoutError', 'InvalidNodeTypeError', 'DataCloneError'];
const NAMES = { DOMSTRING_SIZE_ERR: 2, INDEX_SIZE_ERR: 1, HIERARCHY_REQUEST_ERR: 3,
    WRONG_DOCUMENT_ERR: 4, INVALID_CHARACTER_ERR: 5, NO_DATA_ALLOWED_ERR: 6,
    NO_MODIFICATION_ALLOWED_ERR: 7, NOT_FOUND_ERR: 8, NOT_SUPPORTED_ERR: 9, INUSE_ATTRIBUTE_ERR: 10,
    INVALID_STATE_ERR: 11, SYNTAX_ERR: 12, INVALID_MODIFICATION_ERR: 13, NAMESPACE_ERR: 14,
    INVALID_ACCESS_ERR: 15, VALIDATION_ERR: 16, TYPE_MISMATCH_ERR: 17, SECURITY_ERR: 18,
    NETWORK_ERR: 19, ABORT_ERR: 20, URL_MISMATCH_ERR: 21, QUOTA_EXCEEDED_ERR: 22, TIMEOUT_ERR: 23,
    INVALID_NODE_TYPE_ERR: 24, DATA_CLONE_ERR: 25 };
const NAME = Symbol('name');
const MESSAGE = Symbol('message');

function hide(object, key, value) {
    Object.defineProperty(object, key, { value: value, writable: true, configurable: true });
}

function DOMException(message, options) {
    if (!(this instanceof DOMException)) {
        throw new TypeError("Class constructor DOMException cannot be invoked without 'new'");
    }
    var isNamed = options !== null && typeof options === 'object';
    hide(this, MESSAGE, message === undefined ? '' : String(message));
    hide(this, NAME, isNamed ? (options.name === undefined ? 'Error' : String(options.name)) :
        options === undefined ? 'Error' : String(options));
    if (isNamed && 'cause' in options) {
        hide(this, 'cause', options.cause);
    }
    Error.captureStackTrace(this, DOMException);
    hide(this, 'stack', String(this.stack));
}

DOMException.prototype = Object.create(Error.prototype, {
    constructor: { value: DOMException, writable: true, configurable: true }
});

function getter(name, read) {
    Object.defineProperty(DOMException.prototype, name, { enumerable: true, configurable: true,
        get: function () {
            if (this === null || typeof this !== 'object' || this[NAME] === undefined) {
                var error = new TypeError('Value of "this" must be of DOMException');
                error.code = 'ERR_INVALID_THIS';
                throw error;
            }
            return read(this);
        } });
}

getter('name', function (self) { return self[NAME]; });
getter('message', function (self) { return self[MESSAGE]; });
getter('code', function (self) { return CODES.indexOf(self[NAME]) + 1; });
Object.defineProperty(DOMException.prototype, Symbol.toStringTag,
    { value: 'DOMException', configurable: true });

Object.keys(NAMES).forEach(function (name) {
    var property = { value: NAMES[name], enumerable: true };
    Object.defineProperty(DOMException, name, property);
    Object.defineProperty(DOMException.prototype, name, property);
});

exports.DOMException = DOMException;
