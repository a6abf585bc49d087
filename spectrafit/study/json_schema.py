"""The JSON Schema of a study, from the dataclasses that the loader uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

from spectrafit.strict_json import plain
from spectrafit.study.schema import ALSO_EXACTLY_ONE, EXACTLY_ONE, NEEDS, Study
from spectrafit.units import UNITS

if TYPE_CHECKING:
    from spectrafit.technique import Technique

__all__ = ["DIALECT", "settings_schema", "study_schema"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_SCALARS: Mapping[Any, Mapping[str, Any]] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    Any: {"type": ["string", "number", "boolean", "array", "object"]},
}
Schema = dict[str, Any]


def study_schema(techniques: Mapping[str, Technique] | None = None) -> Schema:
    """Return the JSON Schema (draft 2020-12) of a study file.

    An editor with TOML support completes and checks a study with it. It holds all rules within
    one table; that names exist and paths stay inside is for the loader alone.

    Parameters
    ----------
    techniques : mapping of str to Technique, optional
        Their names and settings are part of the schema when given.

    Returns
    -------
    dict
    """
    definitions: Schema = {}
    top = _table(Study, definitions)
    # a study of typed numbers alone has no files
    top["anyOf"] = [{"required": ["measurement"]}, {"required": ["typed"]}]
    if techniques:
        measurement = definitions["Measurement"]
        measurement["properties"]["technique"]["enum"] = sorted(techniques)
        measurement["allOf"] = [
            _with_settings(name, technique, definitions)
            for name, technique in sorted(techniques.items())
        ]
    return {"$schema": DIALECT, "title": "spectrafit study", **top, "$defs": definitions}


def settings_schema(technique: Technique) -> Schema:
    """Return the JSON Schema of one technique's settings.

    Parameters
    ----------
    technique : Technique
        Whose settings.

    Returns
    -------
    dict
    """
    definitions: Schema = {}
    top = _table(technique.settings, definitions)
    rest = {"$defs": definitions} if definitions else {}
    return {"$schema": DIALECT, "title": f"settings of {technique.name}", **top, **rest}


def _with_settings(name: str, technique: Technique, definitions: Schema) -> Schema:
    own = f"{name} settings"
    definitions[own] = _table(technique.settings, definitions)
    return {
        "if": {"properties": {"technique": {"const": name}}, "required": ["technique"]},
        "then": {"properties": {"settings": {"$ref": f"#/$defs/{own.replace(' ', '%20')}"}}},
    }


def _table(kind: type[Any], definitions: Schema) -> Schema:
    hints = get_type_hints(kind)
    properties: Schema = {}
    required = []
    for each in fields(kind):
        key = each.metadata.get("toml", each.name)
        properties[key] = _field(each, hints[each.name], definitions)
        if each.default is MISSING and each.default_factory is MISSING:
            required.append(key)
    schema: Schema = {"type": "object", "additionalProperties": False, "properties": properties}
    if required:
        schema["required"] = required
    if kind in EXACTLY_ONE:
        schema["oneOf"] = _ways(EXACTLY_ONE[kind])
    if kind in ALSO_EXACTLY_ONE:
        schema["allOf"] = [{"oneOf": _ways(ALSO_EXACTLY_ONE[kind])}]
    if kind in NEEDS:
        key, needed = NEEDS[kind]
        schema["dependentRequired"] = {key: [needed]}
    return schema


def _ways(ways: Sequence[Sequence[str]]) -> list[Schema]:
    return [{"anyOf": [{"required": [key]} for key in way]} for way in ways]


def _field(each: Field[Any], kind: Any, definitions: Schema) -> Schema:
    if each.metadata.get("dotted"):
        schema = _dotted(get_args(kind)[1], definitions)
    else:
        schema = _of_type(kind, definitions, _rules(each.metadata))
    least = each.metadata.get("least")
    for way in (schema, *schema.get("anyOf", ())):
        if least and way.get("type") == "array":
            way["minItems"] = least
    words = [each.metadata.get("meaning", ""), each.metadata.get("unit", "")]
    described = ", in ".join(word for word in words if word and word != "1")
    default = {"default": plain(each.default)} if _is_told(each.default) else {}
    return {**({"description": described} if described else {}), **schema, **default}


def _is_told(default: Any) -> bool:
    return default is not MISSING and default is not None and default not in ("", ())


def _rules(metadata: Mapping[str, Any]) -> Schema:
    rules: Schema = {}
    if metadata.get("choices"):
        rules["enum"] = plain(list(metadata["choices"]))
    if "above" in metadata:
        rules["exclusiveMinimum"] = metadata["above"]
    if "pattern" in metadata:
        rules["pattern"] = metadata["pattern"][0]
    if metadata.get("is_unit"):
        rules["enum"] = sorted({name for unit in UNITS for name in (unit.name, *unit.aliases)})
    return rules


def _of_type(kind: Any, definitions: Schema, rules: Schema) -> Schema:
    """Return the schema of a type, with rules on each of its scalars."""
    origin, arguments = get_origin(kind), get_args(kind)
    if kind in _SCALARS:
        return {**_SCALARS[kind], **rules}
    if origin is Literal:
        return {"enum": list(arguments)}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"enum": [member.value for member in kind]}
    if is_dataclass(kind) and isinstance(kind, type):
        if kind.__name__ not in definitions:
            definitions[kind.__name__] = {}  # a table within itself refers to this entry
            definitions[kind.__name__] = _table(kind, definitions)
        return {"$ref": f"#/$defs/{kind.__name__}"}
    if origin in (Union, UnionType):
        ways = [_of_type(a, definitions, rules) for a in arguments if a is not NoneType]
        return ways[0] if len(ways) == 1 else {"anyOf": ways}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {
            "type": "object",
            "additionalProperties": _of_type(arguments[1], definitions, rules),
        }
    return _list(origin, arguments, definitions, rules)


def _list(origin: Any, arguments: Any, definitions: Schema, rules: Schema) -> Schema:
    if origin is tuple and arguments[-1:] != (...,):
        items = [_of_type(a, definitions, rules) for a in arguments]
        count = {"minItems": len(items), "maxItems": len(items)}
        return {"type": "array", "prefixItems": items, "items": False, **count}
    item = _of_type(arguments[0], definitions, rules)
    array: Schema = {"type": "array", "items": item}
    if isinstance(origin, type) and issubclass(origin, AbstractSet):
        array["uniqueItems"] = False
    choices = item.get("enum", [])
    is_text = item.get("type") == "string" or (choices and isinstance(choices[0], str))
    return {"anyOf": [item, array]} if is_text else array


def _dotted(kind: type[Any], definitions: Schema) -> Schema:
    """Return the schema of keys with dots: nested tables down to the first that holds a value."""
    leaf = _of_type(kind, definitions, {})
    name = f"{kind.__name__}ByKey"
    names = [each.name for each in fields(kind)]
    nested = {
        "additionalProperties": {"$ref": f"#/$defs/{name}"},
        "not": {"propertyNames": {"enum": names}},
    }
    tables = {"type": "object", "minProperties": 1, "additionalProperties": {"type": "object"}}
    definitions[name] = {"if": tables, "then": nested, "else": leaf}
    return {"type": "object", "additionalProperties": {"$ref": f"#/$defs/{name}"}}
