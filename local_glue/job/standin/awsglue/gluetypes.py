"""The types of a DynamicFrame's schema, with the names that scripts use."""

from collections.abc import Iterator
from typing import Any

from local_glue.job.frames.record import DynamicRecord

__all__ = ["ArrayType", "AtomicType", "BinaryType", "BooleanType", "ByteType", "ChoiceType", "DataType", "DateType",
           "DecimalType", "DoubleType", "DynamicRecord", "Field", "FloatType", "IntegerType", "LongType", "MapType",
           "NullType", "SetType", "ShortType", "StringType", "StructType", "TimestampNTZType", "TimestampType",
           "UnknownType"]  # fmt: skip


class DataType:
    """A type; `properties` is what else is known of it."""

    def __init__(self, properties={}):
        self.properties = properties

    @classmethod
    def typeName(cls):
        """The type's name in Glue: `long`, `string`, …"""
        return cls.__name__.removesuffix("Type").lower()

    def jsonValue(self):
        """The type as Glue writes it in JSON."""
        return {"dataType": self.typeName(), "properties": self.properties}

    def __eq__(self, other):
        return isinstance(other, DataType) and self.jsonValue() == other.jsonValue()

    def __hash__(self):
        return hash(repr(self))

    def __repr__(self):
        inner = [repr(value) for name, value in vars(self).items() if name not in ("properties", "field_map")]
        return f"{type(self).__name__}({', '.join([*inner, repr(self.properties)])})"


class AtomicType(DataType):
    """A type of plain values."""

    @classmethod
    def fromJsonValue(cls, json_value):
        """The type that `jsonValue` wrote."""
        return cls(properties=json_value.get("properties", {}))


class BinaryType(AtomicType):
    """Bytes."""


class BooleanType(AtomicType):
    """True or false."""


class ByteType(AtomicType):
    """Whole numbers of 8 bits."""


class DateType(AtomicType):
    """Days."""


class DoubleType(AtomicType):
    """Fractions of 64 bits."""


class FloatType(AtomicType):
    """Fractions of 32 bits."""


class IntegerType(AtomicType):
    """Whole numbers of 32 bits, in Glue `int`."""

    @classmethod
    def typeName(cls):
        """The type's name in Glue."""
        return "int"


class LongType(AtomicType):
    """Whole numbers of 64 bits."""


class NullType(AtomicType):
    """Nothing but null."""


class ShortType(AtomicType):
    """Whole numbers of 16 bits."""


class StringType(AtomicType):
    """Text."""


class TimestampType(AtomicType):
    """Moments."""


class TimestampNTZType(AtomicType):
    """Times without a zone."""


class UnknownType(AtomicType):
    """A type that is not known."""


class DecimalType(AtomicType):
    """Decimal fractions."""

    def __init__(self, precision=10, scale=2, properties={}):
        super().__init__(properties)
        self.precision, self.scale = precision, scale

    def jsonValue(self):
        """The type as Glue writes it in JSON."""
        return {**super().jsonValue(), "precision": self.precision, "scale": self.scale}

    @classmethod
    def fromJsonValue(cls, json_value):
        """The type that `jsonValue` wrote."""
        return cls(json_value["precision"], json_value["scale"], json_value.get("properties", {}))


_UNKNOWN = UnknownType()


class ArrayType(DataType):
    """Lists."""

    def __init__(self, elementType=_UNKNOWN, properties={}):
        super().__init__(properties)
        self.elementType = elementType

    def jsonValue(self):
        """The type as Glue writes it in JSON."""
        return {**super().jsonValue(), "elementType": self.elementType.jsonValue()}

    @classmethod
    def fromJsonValue(cls, json_value):
        """The type that `jsonValue` wrote."""
        return cls(_from_json(json_value["elementType"]), json_value.get("properties", {}))


class SetType(ArrayType):
    """Sets."""


class MapType(DataType):
    """Dictionaries with texts as keys."""

    def __init__(self, valueType=_UNKNOWN, properties={}):
        super().__init__(properties)
        self.valueType = valueType

    def jsonValue(self):
        """The type as Glue writes it in JSON."""
        return {**super().jsonValue(), "valueType": self.valueType.jsonValue()}

    @classmethod
    def fromJsonValue(cls, json_value):
        """The type that `jsonValue` wrote."""
        return cls(_from_json(json_value["valueType"]), json_value.get("properties", {}))


class ChoiceType(DataType):
    """Values of several types, by name."""

    def __init__(self, choices=[], properties={}):
        super().__init__(properties)
        self.choices = {}
        for choice in choices:
            self.add(choice)

    def add(self, new_choice):
        """Adds a type."""
        self.choices[new_choice.typeName()] = new_choice

    def merge(self, new_choices):
        """Adds one type or a list of types."""
        for choice in new_choices if isinstance(new_choices, list) else [new_choices]:
            self.add(choice)

    def jsonValue(self):
        """The type as Glue writes it in JSON."""
        return {**super().jsonValue(), "choices": [choice.jsonValue() for choice in self.choices.values()]}

    @classmethod
    def fromJsonValue(cls, json_value):
        """The type that `jsonValue` wrote."""
        return cls([_from_json(choice) for choice in json_value["choices"]], json_value.get("properties", {}))


class Field:
    """A field of a struct."""

    def __init__(self, name, dataType, properties={}):
        self.name, self.dataType, self.properties = name, dataType, properties

    def jsonValue(self):
        """The field as Glue writes it in JSON."""
        return {"name": self.name, "container": self.dataType.jsonValue(), "properties": self.properties}

    @classmethod
    def fromJsonValue(cls, json_value):
        """The field that `jsonValue` wrote."""
        return cls(json_value["name"], _from_json(json_value["container"]), json_value.get("properties", {}))

    def __eq__(self, other):
        return isinstance(other, Field) and self.jsonValue() == other.jsonValue()

    def __hash__(self):
        return hash(self.name)

    def __repr__(self):
        return f"Field({self.name}, {self.dataType!r})"


class StructType(DataType):
    """Fields; also the type of a whole frame."""

    def __init__(self, fields=[], properties={}):
        super().__init__(properties)
        self.fields, self.field_map = [], {}
        for field in fields:
            self.add(field)

    def add(self, field):
        """Adds a field."""
        self.fields.append(field)
        self.field_map[field.name] = field

    def hasField(self, field):
        """Whether there is a field of this name."""
        return (field.name if isinstance(field, Field) else field) in self.field_map

    def getField(self, field):
        """The field of this name."""
        return self.field_map[field.name if isinstance(field, Field) else field]

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    def jsonValue(self):
        """The type as Glue writes it in JSON."""
        return {**super().jsonValue(), "fields": [field.jsonValue() for field in self.fields]}

    @classmethod
    def fromJsonValue(cls, json_value):
        """The type that `jsonValue` wrote."""
        return cls([Field.fromJsonValue(field) for field in json_value["fields"]], json_value.get("properties", {}))


_TYPES: dict[str, Any] = {
    found.typeName(): found
    for found in (BinaryType, BooleanType, ByteType, DateType, DoubleType, FloatType, IntegerType, LongType, NullType,
                  ShortType, StringType, TimestampType, TimestampNTZType, UnknownType, DecimalType, ArrayType, SetType,
                  MapType, ChoiceType, StructType)
}  # fmt: skip


def _from_json(json_value: dict[str, Any]) -> DataType:
    return _TYPES[json_value["dataType"]].fromJsonValue(json_value)
