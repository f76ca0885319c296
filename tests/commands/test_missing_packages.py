"""SciPy is optional: where it is wanted and missing, the sentence stands under what wants it."""

import pytest
from calling import call

pytestmark = pytest.mark.usefixtures("without_scipy")


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (["eval", "1+erf(x)", "x=1,2"], ["erf() of an array needs scipy", "  1+erf(x)", "    ^^^^^^"]),
        (["eval", "digamma(x)", "x=2"], ["digamma() needs scipy", "  digamma(x)", "  ^^^^^^^^^^"]),
        (
            ["grad", "2*lgamma(x)", "x=2"],
            ["on the way back through lgamma(x)", "  2*lgamma(x)", "    ^^^^^^^^^"],
        ),
        (["jacobian", "digamma(x)", "x=1,2"], ["digamma() of an array needs scipy", "  digamma(x)"]),
    ],
)
def test_the_sentence_stands_under_the_text(words: list[str], lines: list[str]) -> None:
    called = call(*words)
    assert called.code == 5
    assert called.out == ""
    for line in [*lines, "  hint: install it with: pip install 'gradcli[scipy]'"]:
        assert line in called.err


def test_scalars_that_math_knows_need_none() -> None:
    assert call("eval", "erf(x)", "x=0").out == "0\n"
