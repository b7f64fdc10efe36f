/*
 * What Math and Number lack. Part of unity.c; named in added.c.
 */
#include "runtime/engine/parts.h"

enum math_function { EXPM1, LOG1P, SINH, COSH, TANH, ASINH, ACOSH, ATANH, FROUND };

/* Math.expm1(x) and the others of one argument, by magic. */
static duk_ret_t math_one(duk_context *ctx)
{
    double x = duk_to_number(ctx, 0);
    switch ((enum math_function)duk_get_current_magic(ctx)) {
    case EXPM1:
        x = expm1(x);
        break;
    case LOG1P:
        x = log1p(x);
        break;
    case SINH:
        x = sinh(x);
        break;
    case COSH:
        x = cosh(x);
        break;
    case TANH:
        x = tanh(x);
        break;
    case ASINH:
        x = asinh(x);
        break;
    case ACOSH:
        x = acosh(x);
        break;
    case ATANH:
        x = atanh(x);
        break;
    case FROUND:
        x = (double)(float)x;
        break;
    }
    duk_push_number(ctx, x);
    return 1;
}
