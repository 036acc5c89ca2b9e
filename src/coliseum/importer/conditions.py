"""Conditions: which rows a rule is for."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from coliseum.importer.casts import as_text
from coliseum.importer.faults import ImportFailed
from coliseum.importer.spec import Condition, Conditions
from coliseum.importer.templates import Scope, compile_template

Test = Callable[[Scope], bool]


def compile_when(conditions: Conditions, zone: ZoneInfo) -> Test:
    """True when all of the conditions hold (also when there are none)."""
    tests = [_compile(condition, zone) for condition in _as_list(conditions)]
    return lambda scope: all(test(scope) for test in tests)


def compile_skip_if(conditions: Conditions, zone: ZoneInfo) -> Test:
    """True when any of the conditions holds."""
    tests = [_compile(condition, zone) for condition in _as_list(conditions)]
    return lambda scope: any(test(scope) for test in tests)


def _as_list(conditions: Conditions) -> list[Condition]:
    return conditions if isinstance(conditions, list) else [conditions]


def _compile(condition: Condition, zone: ZoneInfo) -> Test:
    if condition.any is not None:
        return compile_skip_if(condition.any, zone)
    if condition.all is not None:
        return compile_when(condition.all, zone)
    template = compile_template(condition.value, zone)
    check = _operator(condition)
    return lambda scope: check(template(scope))


def _operator(condition: Condition) -> Callable[[Any], bool]:
    operators: list[tuple[object, Callable[[Any], bool]]] = [
        (condition.is_, lambda value: _same(value, condition.is_)),
        (condition.is_not, lambda value: not _same(value, condition.is_not)),
        (condition.in_, lambda value: any(_same(value, item) for item in condition.in_ or [])),
        (condition.not_in, lambda value: not any(_same(value, item) for item in condition.not_in or [])),
        (condition.null, lambda value: (value is None) is condition.null),
        (condition.less_than, lambda value: _below(value, condition.less_than)),
        (condition.greater_than, lambda value: _below(condition.greater_than, value)),
    ]
    given = [check for operand, check in operators if operand is not None]
    if not condition.value or len(given) != 1:
        raise ImportFailed(f"a condition has a value and exactly one operator: {condition}")
    return given[0]


def _same(value: Any, operand: object) -> bool:
    """Numbers are compared as numbers ("007" is 7), everything else as text; null equals nothing."""
    if value is None or isinstance(operand, str | bool):
        return value is not None and as_text(value) == as_text(operand)
    number = _number(value)
    return number is not None and number == _number(operand)


def _below(low: Any, high: Any) -> bool:
    left, right = _number(low), _number(high)
    return left is not None and right is not None and left < right


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
