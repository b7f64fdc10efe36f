/* The writer against jansson's parser: whatever goes in, valid JSON with the same meaning comes
 * out. */
#include "daemon/views/writer.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct bytes out;
static struct writer writer;

static int start(void **state)
{
    (void)state;
    bytes_init(&out, 0);
    writer_init(&writer, &out);
    return 0;
}

static int end(void **state)
{
    (void)state;
    bytes_fini(&out);
    return 0;
}

static json_t *parse(void)
{
    json_error_t error;
    json_t *value = json_loadb((const char *)out.data, out.size, JSON_DECODE_ANY, &error);
    if (value == NULL) {
        fail_msg("%s in %.*s", error.text, (int)out.size, (const char *)out.data);
    }
    return value;
}

static void assert_written(const char *text)
{
    bytes_append(&out, "", 1);
    assert_string_equal((const char *)out.data, text);
    bytes_clear(&out);
    writer_init(&writer, &out);
}

static void nested_values_get_their_commas(void **state)
{
    (void)state;
    writer_open_object(&writer, NULL);
    writer_uint(&writer, "a", 1);
    writer_open_array(&writer, "b");
    writer_open_object(&writer, NULL);
    writer_close_object(&writer);
    writer_null(&writer, NULL);
    writer_bool(&writer, NULL, true);
    writer_close_array(&writer);
    writer_text(&writer, "c\"", "x");
    writer_close_object(&writer);
    assert_written("{\"a\":1,\"b\":[{},null,true],\"c\\\"\":\"x\"}");
}

static void numbers_are_exact_or_null(void **state)
{
    (void)state;
    writer_open_array(&writer, NULL);
    writer_uint(&writer, NULL, UINT64_MAX - 1);
    writer_uint(&writer, NULL, UINT64_MAX);
    writer_int(&writer, NULL, INT64_MIN + 1);
    writer_int(&writer, NULL, INT64_MIN);
    writer_int(&writer, NULL, -7);
    writer_close_array(&writer);
    assert_written("[18446744073709551614,null,-9223372036854775807,null,-7]");

    writer_open_array(&writer, NULL);
    writer_double(&writer, NULL, 0);
    writer_double(&writer, NULL, -1.5);
    writer_double(&writer, NULL, 0.999999999);
    writer_double(&writer, NULL, 0.9999999999);
    writer_double(&writer, NULL, 1763683200.123456);
    writer_double(&writer, NULL, 1e-7);
    writer_double(&writer, NULL, 1e21);
    writer_double(&writer, NULL, NAN);
    writer_double(&writer, NULL, INFINITY);
    writer_close_array(&writer);
    assert_written("[0,-1.5,0.999999999,1,1763683200.123456,1e-07,1e+21,null,null]");
}

static void doubles_come_back_close(void **state)
{
    (void)state;
    for (int i = 0; i < 20000; i++) {
        double value = ldexp((double)random() / RAND_MAX + 0.5, (int)(random() % 90) - 30);
        value = i % 2 == 0 ? value : -value;
        writer_double(&writer, NULL, value);
        bytes_append(&out, "", 1);
        double back = strtod((const char *)out.data, NULL);
        double tolerance = fabs(value) < 1 ? 6e-10 : fabs(value) < 4e9 ? 1e-6 : fabs(value) * 1e-14;
        if (fabs(back - value) > tolerance) {
            fail_msg("%.17g became %s", value, (const char *)out.data);
        }
        bytes_clear(&out);
        writer_init(&writer, &out);
    }
}

static void hostile_texts_are_escaped(void **state)
{
    (void)state;
    writer_text(&writer, NULL, "a\"b\\c\n\x01\x7f");
    assert_written("\"a\\\"b\\\\c\\u000a\\u0001\\u007f\"");
    /* two bytes, three, four; a lone continuation, overlong, surrogate, beyond Unicode, cut off */
    writer_text(&writer, NULL, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    assert_written("\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"");
    writer_text(&writer, NULL, "\x80|\xc0\xaf|\xed\xa0\x80|\xf4\x90\x80\x80|\xe2\x82");
#define R "\xef\xbf\xbd"
    assert_written("\"" R "|" R R "|" R R R "|" R R R R "|" R R "\"");
}

static void any_bytes_become_valid_json(void **state)
{
    (void)state;
    for (int i = 0; i < 5000; i++) {
        char text[24];
        size_t length = (size_t)(random() % (long)sizeof text);
        for (size_t k = 0; k < length; k++) {
            text[k] = (char)(random() % 255 + 1);
        }
        text[length < sizeof text ? length : sizeof text - 1] = '\0';
        writer_text(&writer, NULL, text);
        json_decref(parse());
        bytes_clear(&out);
        writer_init(&writer, &out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nested_values_get_their_commas, start, end),
        cmocka_unit_test_setup_teardown(numbers_are_exact_or_null, start, end),
        cmocka_unit_test_setup_teardown(doubles_come_back_close, start, end),
        cmocka_unit_test_setup_teardown(hostile_texts_are_escaped, start, end),
        cmocka_unit_test_setup_teardown(any_bytes_become_valid_json, start, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
