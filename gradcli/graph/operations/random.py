"""Random numbers: seeded, so that the same text always sees the same ones."""

from __future__ import annotations

from gradcli.graph.node import Parameter
from gradcli.graph.operations.record import SEED, define
from gradcli.graph.shapes import Shape


def _shape(shape: Shape, seed: tuple[int, ...]) -> Shape:
    return shape


for _name in ("rand", "randn"):
    define(
        _name,
        "",
        kernel=f"kernels.random.{_name}",
        doc=f"{'uniform' if _name == 'rand' else 'normal'} random numbers, which --seed chooses",
        shape=_shape,
        parameters=(Parameter("shape", "shape", ()), SEED),
        samples=[
            (f"x * {_name}(3)", {"x": "2x3"}),
            (f"x + {_name}(2, 3) * {_name}((2, 3))", {"x": "()"}),
            (f"x ^ {_name}()", {"x": "() positive"}),
        ],
    )
