/*
 * Prints what is said about the configuration from its one table: `config-doc yaml` the commented
 * etc/isoscope.yaml, `config-doc man` the manual page isoscope.yaml(5). `make config-documents`
 * writes both, `make config-doc-check` fails when a file is not what this prints.
 */
#include "daemon/config.h"

#include <stdio.h>
#include <string.h>

static const char man_opening[] =
    ".\\\" Made by `make config-documents` from daemon/keys.def.\n"
    ".TH ISOSCOPE.YAML 5 \"\" \"Isoscope " ISOSCOPE_VERSION "\" \"Isoscope\"\n"
    ".SH NAME\n"
    "isoscope.yaml \\- configuration of isoscoped\n"
    ".SH DESCRIPTION\n"
    "YAML, given to\n"
    ".BR isoscoped (1)\n"
    "with\n"
    ".BR \\-\\-config .\n"
    "Every key may be left out; a key that does not exist, a value that is not allowed or a key\n"
    "given twice ends the program with exit code 2 and a line that names file, line and column.\n"
    ".PP\n"
    "Sizes are written with B, KiB, MiB, GiB or TiB, durations with ms, s, m, h or d, shares as "
    "5%\n"
    "or 0.05.\n"
    ".SH KEYS\n"
    ".ad l\n"; /* lists of words are long */

static const char man_ending[] = ".SH EXAMPLE\n"
                                 ".EX\n"
                                 "http:\n"
                                 "  listen: 127.0.0.1:9617\n"
                                 "  allow_actions: true\n"
                                 "budgets:\n"
                                 "\\- name: api\n"
                                 "  match: \\(dqapi*\\(dq\n"
                                 "  limit: 4GiB\n"
                                 "  headroom: 256MiB\n"
                                 "rules:\n"
                                 "\\- kind: drift\n"
                                 "  severity: critical\n"
                                 ".EE\n"
                                 ".SH SEE ALSO\n"
                                 ".BR isoscoped (1),\n"
                                 ".BR isoctl (1)\n";

int main(int argc, char **argv)
{
    struct bytes out;

    bytes_init(&out, 0);
    if (argc == 2 && strcmp(argv[1], "man") == 0) {
        bytes_append_text(&out, man_opening);
        config_write_man(&out);
        bytes_append_text(&out, man_ending);
    } else if (argc == 2 && strcmp(argv[1], "yaml") == 0) {
        config_write_yaml(&out);
    } else {
        fputs("usage: config-doc man|yaml\n", stderr);
        return 2;
    }
    bool is_written = !out.is_failed && fwrite(out.data, 1, out.size, stdout) == out.size;
    bytes_fini(&out);
    return is_written && fflush(stdout) == 0 ? 0 : 1;
}
