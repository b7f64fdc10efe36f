/*
 * A cheap look at source text: does it use syntax that the engine lacks or takes for something else?
 * Called before every compilation; owns nothing. It may say yes without need, which costs time. It
 * must not say no to syntax that the engine would run with another meaning (const, let); what it
 * misses beyond that the engine refuses, and then it is lowered as well.
 *
 * Strings, comments and regular expressions are stepped over, which takes knowing whether a slash
 * divides: after ")" that depends on what stands before its "(", so open parentheses are remembered;
 * after "}" it can't be told here, and the answer is yes.
 */
#include "runtime/lower.h"

#include <string.h>

#define DEPTH_MAX 256 /* of parentheses that are remembered; deeper text is lowered */

/* What came last, as far as a slash asks. */
enum last {
    LAST_OPERATOR, /* or nothing: a regular expression follows */
    LAST_OPERAND,  /* a division follows */
    LAST_DOT,      /* a property's name follows */
    LAST_HEAD,     /* if, for, while, with: their parenthesis is no operand */
    LAST_BRACE     /* "}": cannot be told */
};

struct scan {
    const char *at;
    const char *end;
    enum last last;
    int depth;
    bool is_head[DEPTH_MAX]; /* whether the open parenthesis belongs to a head */
    bool is_modern;          /* the answer is yes */
};

static bool is_word(unsigned char character)
{
    return character >= 0x80 || character == '_' || character == '$' || character == '\\' ||
           (character >= '0' && character <= '9') ||
           ((character | 0x20) >= 'a' && (character | 0x20) <= 'z');
}

static bool is_line_end(const char *at)
{
    return *at == '\n' || *at == '\r';
}

/* U+2028 and U+2029 end a line comment too. */
static bool is_separator(const char *at, const char *end)
{
    return end - at >= 3 && at[0] == '\xe2' && at[1] == '\x80' &&
           (at[2] == '\xa8' || at[2] == '\xa9');
}

static char next_of(const struct scan *scan, size_t ahead)
{
    return (size_t)(scan->end - scan->at) > ahead ? scan->at[ahead] : '\0';
}

static void skip_line(struct scan *scan)
{
    while (scan->at < scan->end && !is_line_end(scan->at) && !is_separator(scan->at, scan->end)) {
        scan->at++;
    }
}

static void skip_comment(struct scan *scan)
{
    const char *close = memmem(scan->at + 2, (size_t)(scan->end - scan->at) - 2, "*/", 2);
    scan->at = close != NULL ? close + 2 : scan->end;
}

/* To behind the closing quote. A string that does not end on its line is none: not understood. */
static void skip_string(struct scan *scan)
{
    char quote = *scan->at++;
    while (scan->at < scan->end && *scan->at != quote) {
        if (*scan->at == '\\') {
            scan->at++;
            if (next_of(scan, 0) == '\r' && next_of(scan, 1) == '\n') {
                scan->at++;
            }
        } else if (is_line_end(scan->at)) {
            scan->is_modern = true;
            return;
        }
        scan->at++;
    }
    scan->at = scan->at < scan->end ? scan->at + 1 : scan->end;
    scan->last = LAST_OPERAND;
}

static void skip_regexp(struct scan *scan)
{
    bool is_class = false;
    for (scan->at++; scan->at < scan->end && (is_class || *scan->at != '/'); scan->at++) {
        if (*scan->at == '[') {
            is_class = true;
        } else if (*scan->at == ']') {
            is_class = false;
        }
        scan->at += *scan->at == '\\';
        if (scan->at >= scan->end || is_line_end(scan->at)) {
            scan->is_modern = true;
            return;
        }
    }
    for (scan->at++; scan->at < scan->end && is_word((unsigned char)*scan->at); scan->at++) {
        scan->is_modern |= strchr("gim", *scan->at) == NULL;
    }
    scan->last = LAST_OPERAND;
}

static void take_slash(struct scan *scan)
{
    if (next_of(scan, 1) == '/') {
        skip_line(scan);
    } else if (next_of(scan, 1) == '*') {
        skip_comment(scan);
    } else if (scan->last == LAST_OPERATOR || scan->last == LAST_HEAD) {
        skip_regexp(scan);
    } else {
        scan->is_modern = scan->last == LAST_BRACE;
        scan->last = LAST_OPERATOR;
        scan->at++;
    }
}

static bool is_one_of(const char *list, const char *word, size_t size)
{
    char key[16];
    if (size + 3 > sizeof key) {
        return false;
    }
    key[0] = ' ';
    memcpy(key + 1, word, size);
    key[size + 1] = ' ';
    key[size + 2] = '\0';
    return strstr(list, key) != NULL;
}

/* Followed by ":" a word is a name in an object or a label, whatever it says. */
static bool is_name(const struct scan *scan)
{
    const char *at = scan->at;
    while (at < scan->end && (*at == ' ' || *at == '\t')) {
        at++;
    }
    return at < scan->end && *at == ':';
}

static void take_word(struct scan *scan)
{
    static const char modern[] = " const let class async await yield import export super of ";
    static const char operators[] =
        " return typeof instanceof in new delete void throw case do else ";
    const char *word = scan->at;
    while (scan->at < scan->end && is_word((unsigned char)*scan->at)) {
        scan->at++;
    }
    size_t size = (size_t)(scan->at - word);
    bool is_property = scan->last == LAST_DOT;

    scan->last = LAST_OPERAND;
    if (memchr(word, '\\', size) != NULL) {
        scan->is_modern = true; /* the engine takes escaped keywords for names */
        return;
    }
    if (is_property) {
        return;
    }
    if (is_one_of(modern, word, size)) {
        scan->is_modern = !is_name(scan);
    } else if (is_one_of(operators, word, size)) {
        scan->last = LAST_OPERATOR;
    } else if (is_one_of(" if for while with ", word, size)) {
        scan->last = LAST_HEAD;
    } else if (is_one_of(" function ", word, size)) {
        scan->last = LAST_OPERATOR; /* a star behind it makes a generator */
        scan->is_modern = next_of(scan, 0) == '*' || (next_of(scan, 0) == ' ' &&
                                                      next_of(scan, 1) == '*');
    }
}

static void take_parenthesis(struct scan *scan)
{
    if (*scan->at == '(') {
        if (scan->depth == DEPTH_MAX) {
            scan->is_modern = true;
            return;
        }
        scan->is_head[scan->depth++] = scan->last == LAST_HEAD;
        scan->last = LAST_OPERATOR;
    } else {
        bool is_head = scan->depth > 0 && scan->is_head[--scan->depth];
        scan->last = is_head ? LAST_OPERATOR : LAST_OPERAND;
    }
    scan->at++;
}

static void take_dots(struct scan *scan)
{
    scan->is_modern = next_of(scan, 1) == '.';
    scan->last = LAST_DOT;
    scan->at++;
}

static void take_operator(struct scan *scan)
{
    char first = *scan->at, second = next_of(scan, 1);
    if (first == '=' || first == '?' || first == '*') {
        scan->is_modern = (first == '=' && second == '>') ||
                          (first == '?' && (second == '.' || second == '?')) ||
                          (first == '*' && second == '*'); /* the engine takes -a ** b */
    }
    bool is_step = (first == '+' || first == '-') && second == first;
    scan->at += is_step ? 2 : 1;
    if (!is_step || scan->last != LAST_OPERAND) {
        scan->last = LAST_OPERATOR;
    }
}

static void take(struct scan *scan)
{
    switch (*scan->at) {
    case ' ':
    case '\t':
    case '\n':
    case '\r':
        scan->at++;
        break;
    case '\'':
    case '"':
        skip_string(scan);
        break;
    case '/':
        take_slash(scan);
        break;
    case '(':
    case ')':
        take_parenthesis(scan);
        break;
    case ']':
    case '}':
        scan->last = *scan->at++ == ']' ? LAST_OPERAND : LAST_BRACE;
        break;
    case '.':
        take_dots(scan);
        break;
    case '`':
    case '#':
    case '@':
        scan->is_modern = true;
        break;
    default:
        if (is_word((unsigned char)*scan->at)) {
            take_word(scan);
        } else {
            take_operator(scan);
        }
    }
}

bool lower_is_needed(const char *text, size_t size)
{
    struct scan scan = {.at = text, .end = text + size};
    while (scan.at < scan.end && !scan.is_modern) {
        take(&scan);
    }
    return scan.is_modern;
}
