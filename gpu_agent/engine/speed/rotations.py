"""Positions are told to a transformer by turning pairs of numbers, and some models write that as a product of complex
numbers. The compiler makes no code of those: the network would be cut in pieces there, each copied out and in again. So
the product is written out in real numbers first, which the compiler then does on the way."""

import operator
from typing import Any

import torch
from torch.fx import Graph, GraphModule, Node


def written_out(graph: GraphModule) -> GraphModule:
    """The same graph with every turned pair as real sums and products; what is complex otherwise stays as it is."""
    found = [node for node in graph.graph.nodes if _calls(node, torch.view_as_real) and _pair(node.args[0]) is not None]
    for node in found:
        _write_out(graph.graph, node)
    if found:
        graph.graph.eliminate_dead_code()
        graph.recompile()
    return graph


def _write_out(graph: Graph, node: Node) -> None:
    operands = _pair(node.args[0])
    assert operands is not None
    pair, by = operands
    with graph.inserting_before(node):
        angle = graph.call_function(torch.view_as_real, (by,))
        turned = graph.call_function(turn, (pair, angle))
    node.replace_all_uses_with(turned)


def turn(pair: torch.Tensor, angle: torch.Tensor) -> torch.Tensor:
    """(…, 2) turned by (…, 2): real and imaginary part of the product of both, in single precision as they come."""
    (real, imaginary), (cosine, sine) = pair.unbind(-1), angle.unbind(-1)
    return torch.stack((real * cosine - imaginary * sine, real * sine + imaginary * cosine), dim=-1)


def _pair(product: Any) -> tuple[Any, Any] | None:
    """(what was made complex for this product alone, the other factor), where it is such a product."""
    if not (_calls(product, operator.mul) or _calls(product, torch.mul)) or len(product.args) != 2:
        return None
    first, second = product.args
    return (first.args[0], second) if _calls(first, torch.view_as_complex) and isinstance(second, Node) else None


def _calls(node: Any, function: Any) -> bool:
    return isinstance(node, Node) and node.op == "call_function" and node.target is function
