/* Figures as people read them, and cells that cannot harm a terminal. */
#include "ctl/table.h"

#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void bytes_have_three_digits(void **state)
{
    (void)state;
    static const struct {
        double bytes;
        const char *text;
    } cases[] = {
        {0, "0 B"},
        {999, "999 B"},
        {999.4, "999 B"},
        {1000, "0.98 KiB"},
        {9.23 * 0x1p20, "9.23 MiB"},
        {92.3 * 0x1p20, "92.3 MiB"},
        {923 * 0x1p20, "923 MiB"},
        {999.6 * 0x1p20, "0.98 GiB"},
        {9.999 * 0x1p20, "10.0 MiB"},
        {99.96 * 0x1p20, "100 MiB"},
        {-3 * 0x1p20, "-3.00 MiB"},
        {0x1p60, "1048576 TiB"},
        {NAN, "-"},
        {INFINITY, "-"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[32];
        table_format_bytes(text, sizeof text, cases[i].bytes);
        assert_string_equal(text, cases[i].text);
    }
}

static void seconds_choose_their_unit(void **state)
{
    (void)state;
    static const struct {
        double seconds;
        const char *text;
    } cases[] = {
        {0, "0 s"},         {2.5e-6, "2.50 us"}, {0.0125, "12.5 ms"},
        {0.9999, "1.00 s"}, {42, "42.0 s"},      {600, "10 min"},
        {7200 * 2, "4 h"},  {86400 * 3, "3 d"},  {NAN, "-"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[32];
        table_format_seconds(text, sizeof text, cases[i].seconds);
        assert_string_equal(text, cases[i].text);
    }
}

static void terminals_are_safe(void **state)
{
    (void)state;
    struct bytes out;
    bytes_init(&out, 0);
    table_clean(&out, "a\033[2Jb\n\xff\xc3\xa9\xe2\x80\xae");
    bytes_append(&out, "", 1);
    assert_null(strchr((const char *)out.data, '\033'));
    assert_null(strchr((const char *)out.data, '\n'));
    assert_non_null(strstr((const char *)out.data, "a?[2Jb??\xc3\xa9?"));
    bytes_fini(&out);
}

static void cells_are_counted(void **state)
{
    (void)state;
    static const char *const titles[] = {"A", "B", NULL};
    struct table table;
    table_init(&table, titles, "lr");
    assert_int_equal(table.column_count, 2);
    for (int i = 0; i < 200; i++) {
        table_text(&table, i % 3 == 0 ? NULL : "x", TABLE_PLAIN);
    }
    assert_int_equal(table.cell_count, 200);
    assert_false(table.is_failed);
    assert_string_equal((const char *)table.cells.data, "-");
    table_fini(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_have_three_digits),
        cmocka_unit_test(seconds_choose_their_unit),
        cmocka_unit_test(terminals_are_safe),
        cmocka_unit_test(cells_are_counted),
    };
    setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
