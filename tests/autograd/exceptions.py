"""Where gradcli tells other facts than PyTorch on purpose: the behaviour, and the rule."""

from __future__ import annotations

EXCEPTIONS: dict[str, str] = {
    "functions_whose_slope_is_told_by_their_result_keep_it_alone": "the rules of sigmoid, tanh and expm1 "
    "read their "
    "argument: told by the result, a slope loses its digits where the function is flat (conventions, rule 1)",
    "a_power_keeps_base_exponent_and_result": "its rule computes the power anew, so that no more has to be "
    "kept",
    "a_product_of_all_keeps_argument_and_result": "its rule does not divide by the elements: it needs no "
    "result",
    "a_view_that_was_made_under_no_grad_requires_a_gradient_without_a_node": "what was not tracked requires "
    "no "
    "gradient here; changing such a view is refused all the same",
    "a_reshape_of_scattered_memory_copies": "reshape is one operation, and one node, whether it copies or "
    "not",
    "a_change_of_another_part_of_the_same_memory_counts_as_well": "the sentence names the view as it was "
    "made, and "
    "not PyTorch's AsStrided",
    "a_base_that_changes_spoils_what_a_view_saved": "the sentence names the view as it was made, and not "
    "PyTorch's AsStrided",
    "a_gradient_that_is_asked_for_has_passed_the_hooks_of_its_tensor": "PyTorch leaves the hook out where a "
    "gradient further back is asked for as well, against its own manual",
}
