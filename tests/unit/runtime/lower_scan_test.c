/* The scan that spares lowering: no to what the engine runs as it is, yes to all it would misread. */
#include "runtime/lower.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool is_needed(const char *text)
{
    size_t size = strlen(text);
    char *copy = malloc(size + 1); /* exactly as long, for the sanitizers */
    memcpy(copy, text, size);
    bool answer = lower_is_needed(copy, size);
    free(copy);
    return answer;
}

static void plain_text_needs_nothing(void **state)
{
    static const char *const plain[] = {
        "",
        "var a = b / c / d; 'const' + \"let\";",
        "// const\n/* let => ` */ var x;",
        "x = a.class + a . import; ({ const: 1, let : 2, 'async': 3 });",
        "if (x) /const '/.test(y); while (a) /[/'`]/g.exec(b);",
        "return /['\"`]/.test(x) ? /=>/ : (a + b) / 2 + (c) / 'x';",
        "x = a[1] / 2; y = f() / g() / '/'; i++ / 2; a = [/`/, /x\\/'/i];",
        "var of1, constant, lets, $const, _let, classy; function f() {}",
        "x = 'a\\\nb' + 'it\\'s'; y = .5; z = 1.5e-3 ? .1 : 2;",
        "for (var i = 0; i < 3; i++) { switch (x) { case /'/: break; } }",
    };
    (void)state;
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        if (is_needed(plain[i])) {
            fail_msg("lowered without need: %s", plain[i]);
        }
    }
}

static void modern_text_is_found(void **state)
{
    static const char *const modern[] = {
        "const a = 1",
        "var f = function* () {}",
        "function *g() {}",
        "a => a",
        "x = `t`",
        "f(...a)",
        "a?.b",
        "a ?? b",
        "class A {}",
        "async function f() {}",
        "import 'x'",
        "export default 1",
        "for (x of y) ;",
        "/x/u",
        "/x/y.test(z)",
        "// comment\xe2\x80\xa8 const a = 1",
        "var a = /'/; const b = /'/;",
        "x = a[/'/] , const b = '/'",
        "if (x) /a+'/.test(y); const z = /'b/",
        "while (f(a)) /'/.test(y); let z = \"'\"",
        "a = (b) / 2; const c = '/'",
        "a++ / 2; const c = 1 / 2",
        "typeof /'/; const c = '/'",
        "x = {}\n/'/; const c = '/'",
        "'unended\nconst a",
        "x = a\n/* ' */ const b = 1",
        "class",
        "a.b.const; const x",
        "({ class: 1, get a() { const b = 1 } })",
        "#!const",
    };
    (void)state;
    for (size_t i = 0; i < sizeof modern / sizeof modern[0]; i++) {
        if (!is_needed(modern[i])) {
            fail_msg("not lowered: %s", modern[i]);
        }
    }
}

static void every_cut_is_survived(void **state)
{
    static const char text[] = "var a = /[/'\\]]/g.test('\\x41') ? (b / c) : { d: \"e\" } /* f */ // g";
    char *copy;

    (void)state;
    for (size_t size = 0; size < sizeof text; size++) {
        copy = malloc(size + (size == 0));
        memcpy(copy, text, size);
        lower_is_needed(copy, size);
        free(copy);
    }
    char deep[2000];
    memset(deep, '(', sizeof deep);
    assert_true(lower_is_needed(deep, sizeof deep));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_needs_nothing),
        cmocka_unit_test(modern_text_is_found),
        cmocka_unit_test(every_cut_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
