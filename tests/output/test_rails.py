"""The rails: whole pictures, and pictures read back into the edges they were drawn from."""

import random
import time

import pytest

from gradcli.output.rails import draw_rails


def draw(graph, **options):
    """The picture of a mapping from node to children, each row with its node's name."""
    rows = draw_rails(graph, graph.__getitem__, **options)
    return "\n".join(f"{row}  {name}" for row, name in zip(rows, graph, strict=True))


def in_unicode(row):
    """A row of ASCII with the characters that it stands for: the one before tells what `|` and `/` are."""
    symbols = dict(zip("*o-+\\.'#", "●○─┼╮┬┴•", strict=True))
    pairs = zip(" " + row, row, strict=False)
    return "".join(
        ("┤" if before == "-" else "│")
        if char == "|"
        else ("╯" if before == "-" else "╭")
        if char == "/"
        else symbols.get(char, char)
        for before, char in pairs
    )


def decode(rows):
    """The children of each row, by row number: those with lanes of their own, in order, and those joined."""
    lanes = {}  # lane -> the places (row, position) whose edges it carries
    own = [[] for _ in rows]
    joined = [[] for _ in rows]
    for number, row in enumerate(rows):
        cells = dict(enumerate(row[::2]))
        (at,) = [lane for lane, cell in cells.items() if cell in "●○"]
        arriving = list(lanes.pop(at, []))
        for lane, cell in cells.items():
            assert (cell in "│┼╯┴┤•") == (lane in lanes) or lane == at, f"row {number}, lane {lane}: {row}"
            if cell in "╯┴┤":
                arriving += lanes.pop(lane)
            if cell == "•":
                lanes[lane].append((joined[number], len(joined[number])))
                joined[number].append(None)
        for lane, cell in cells.items():
            if cell in "╮┬╭┤●":
                lanes[lane] = [(own[number], len(own[number]))]
                own[number].append(None)
        for places, position in arriving:
            places[position] = number
    assert not lanes
    return own, joined


def random_graph(seed):
    """A graph in drawing order, children by number; several roots, shared and repeated children."""
    pick = random.Random(seed)
    size = pick.randint(1, 60)
    reach = pick.choice([2, 5, 60])
    most = pick.choice([1, 2, 4])
    graph = {}
    for node in range(size):
        below = range(node + 1, min(size, node + 1 + reach))
        graph[node] = [pick.choice(below) for _ in range(pick.randint(0, most))] if below else []
    return graph


@pytest.mark.parametrize("ascii", [False, True])
@pytest.mark.parametrize("seed", range(400))
def test_the_edges_can_be_read_off_the_picture(seed, ascii):
    graph = random_graph(seed)
    rows = draw_rails(graph, graph.__getitem__, ascii=ascii)
    own, joined = decode([in_unicode(row) for row in rows] if ascii else rows)
    for node, children in graph.items():
        if joined[node]:
            assert sorted(own[node] + joined[node]) == sorted(children)
        else:
            assert own[node] == children
    assert len({len(row) for row in rows}) == 1


def test_some_random_graphs_join_lanes():
    pictures = [draw(random_graph(seed)) for seed in range(400)]
    assert sum("•" in picture for picture in pictures) > 20
    assert all(any(symbol in picture for picture in pictures) for symbol in "●○│─┼╮╯╭┬┴┤")


EXAMPLE = {
    "mean": ["mul"],
    "mul": ["mul'", "2"],
    "mul'": ["add", "add"],
    "add": ["x", "2"],
    "2": [],
    "x": [],
}


def test_the_example():
    assert draw(EXAMPLE).splitlines() == [
        "●      mean",
        "●─╮    mul",
        "●─┼─╮  mul'",
        "●─┼─┤  add",
        "│ ○─╯  2",
        "○      x",
    ]


def test_the_example_in_ascii():
    assert draw(EXAMPLE, ascii=True).splitlines() == [
        "*      mean",
        "*-\\    mul",
        "*-+-\\  mul'",
        "*-+-|  add",
        "| o-/  2",
        "o      x",
    ]


def test_a_square():
    assert draw({"mul": ["x", "x"], "x": []}) == "●─╮  mul\n○─╯  x"


def test_a_leaf_and_nothing():
    assert draw({"x": []}) == "○  x"
    assert draw({}) == ""


def test_the_order_of_children_is_their_order_from_left_to_right():
    first = draw({"div": ["a", "b"], "a": [], "b": []})
    second = draw({"div": ["b", "a"], "a": [], "b": []})
    assert first == "●─╮  div\n○ │  a\n  ○  b"
    assert second == "●─╮  div\n│ ○  a\n○    b"


def test_freed_lanes_are_used_again():
    graph = {}
    for level in range(50):
        graph[f"add{level}"] = [f"c{level}", f"add{level + 1}"]
        graph[f"c{level}"] = []
    graph["add50"] = []
    assert max(map(len, draw_rails(graph, graph.__getitem__))) == 3


def test_a_hub_does_not_widen_the_picture():
    graph = {node: [20, node + 1] for node in range(20)}
    graph[20] = []
    assert draw(graph).splitlines()[7:11] == [
        "│ │ │ │ │ │ │ ●─╮  7",
        "│ │ │ │ │ │ │ •─●  8",
        "│ │ │ │ │ │ │ •─●  9",
        "│ │ │ │ │ │ │ •─●  10",
    ]


def test_lanes_beyond_the_limit_are_cut():
    graph = {"stack": list("abcd"), "a": [], "b": [], "c": [], "d": []}
    assert draw(graph, limit=2).splitlines() == [
        "●─┬─…   stack",
        "○ │ …   a",
        "  ○ …   b",
        "    …○  c",
        "    …○  d",
    ]


@pytest.mark.parametrize("hub", [False, True])
def test_a_long_chain_takes_linear_time(hub):
    size = 100_000
    start = time.process_time()
    rows = draw_rails(
        range(size), lambda node: [] if node == size - 1 else [size - 1, node + 1] if hub else [node + 1]
    )
    assert len(rows) == size
    assert time.process_time() - start < 10


def test_a_star_of_twenty_thousand_children():
    start = time.process_time()
    rows = draw_rails(range(20_001), lambda node: [] if node else range(1, 20_001))
    assert max(map(len, rows)) == 130
    assert time.process_time() - start < 10


def test_twenty_thousand_nodes_that_take_the_same_child_twice():
    """Each leaves a lane open on its way to the last row."""
    size = 40_000
    leaf = size
    start = time.process_time()
    rows = draw_rails(
        range(size + 1),
        lambda node: [] if node == leaf else [leaf, leaf] if node % 2 else [node + 1, min(node + 2, leaf)],
    )
    assert len(rows) == size + 1
    assert time.process_time() - start < 10
