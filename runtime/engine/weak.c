static void engine_weak_marked(duk_heap *heap, duk_hobject *object)
{
    (void)heap;
    (void)object;
}
static void engine_weak_dies(duk_heap *heap, duk_hobject *object)
{
    (void)heap;
    (void)object;
}
