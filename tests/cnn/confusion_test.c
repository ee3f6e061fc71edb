#include "cnn/confusion.h"
#include "tests/check.h"

static void must_be(const struct confusion_class *class, uint64_t labelled, uint64_t predicted,
                    uint64_t correct)
{
    assert_int_equal(class->labelled, labelled);
    assert_int_equal(class->predicted, predicted);
    assert_int_equal(class->correct, correct);
}

static void classes_have_precision_and_recall(void **state)
{
    (void)state;
    static const uint64_t counts[3][3] = {{5, 1, 0}, {3, 1, 0}, {0, 0, 0}};
    struct confusion confusion;
    assert_int_equal(confusion_init(&confusion, 3), ST_OK);
    for (size_t label = 0; label < 3; label++)
        for (size_t predicted = 0; predicted < 3; predicted++)
            for (uint64_t i = 0; i < counts[label][predicted]; i++)
                confusion_add(&confusion, label, predicted);
    struct confusion_class class = confusion_of_class(&confusion, 0);
    must_be(&class, 6, 8, 5);
    assert_near(class.precision, 5.0 / 8, 1e-15);
    assert_near(class.recall, 5.0 / 6, 1e-15);
    assert_near(class.f1, 2 * (5.0 / 8) * (5.0 / 6) / (5.0 / 8 + 5.0 / 6), 1e-15);
    class = confusion_of_class(&confusion, 1);
    must_be(&class, 4, 2, 1);
    class = confusion_of_class(&confusion, 2);
    must_be(&class, 0, 0, 0);
    assert_true(isnan(class.precision) && isnan(class.recall) && isnan(class.f1));
    class = confusion_of_all(&confusion);
    must_be(&class, 10, 10, 6);
    assert_near(class.precision, 0.6, 1e-15);
    assert_near(class.recall, 0.6, 1e-15);
    assert_near(class.f1, 0.6, 1e-15);
    confusion_free(&confusion);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_have_precision_and_recall),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
