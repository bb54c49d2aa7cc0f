"""Glue's transforms: `SelectFields.apply(frame=..., paths=[...])`."""

from typing import Any

from awsglue.dynamicframe import DynamicFrameCollection
from awsglue.frame_operations import null_fields
from awsglue.unsupported import message


class GlueTransform:
    """A transform, which scripts call by `apply` of its class."""

    @classmethod
    def apply(cls, *args, **kwargs):
        """Runs the transform."""
        return cls()(*args, **kwargs)

    @classmethod
    def name(cls):
        """The transform's name."""
        return cls.__name__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(message(f"the transform {self.name()}", self.name()))


class ApplyMapping(GlueTransform):
    """See DynamicFrame.apply_mapping."""

    def __call__(
        self, frame, mappings, case_sensitive=False, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0
    ):
        return frame.apply_mapping(mappings, case_sensitive, transformation_ctx)


class SelectFields(GlueTransform):
    """See DynamicFrame.select_fields."""

    def __call__(self, frame, paths, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0):
        return frame.select_fields(paths, transformation_ctx)


class DropFields(GlueTransform):
    """See DynamicFrame.drop_fields."""

    def __call__(self, frame, paths, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0):
        return frame.drop_fields(paths, transformation_ctx)


class RenameField(GlueTransform):
    """See DynamicFrame.rename_field."""

    def __call__(self, frame, old_name, new_name, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0):
        return frame.rename_field(old_name, new_name, transformation_ctx)


class Join(GlueTransform):
    """See DynamicFrame.join."""

    def __call__(self, frame1, frame2, keys1, keys2, transformation_ctx=""):
        return frame1.join(keys1, keys2, frame2, transformation_ctx)


class Union(GlueTransform):
    """See DynamicFrame.union."""

    def __call__(self, frame1, frame2, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0):
        return frame1.union(frame2, transformation_ctx)


class Repartition(GlueTransform):
    """See DynamicFrame.repartition."""

    def __call__(self, frame, num_partitions, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0):
        return frame.repartition(num_partitions, transformation_ctx)


class Coalesce(GlueTransform):
    """See DynamicFrame.coalesce."""

    def __call__(
        self, frame, num_partitions, shuffle=False, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0
    ):
        return frame.coalesce(num_partitions, shuffle, transformation_ctx)


class ResolveChoice(GlueTransform):
    """See DynamicFrame.resolveChoice."""

    def __call__(
        self,
        frame,
        specs=None,
        choice="",
        database=None,
        table_name=None,
        transformation_ctx="",
        info="",
        stageThreshold=0,
        totalThreshold=0,
        catalog_id=None,
    ):
        return frame.resolveChoice(specs, choice, database, table_name, transformation_ctx, catalog_id=catalog_id)


class SelectFromCollection(GlueTransform):
    """One frame of a collection."""

    def __call__(self, dfc, key, transformation_ctx=""):
        if not isinstance(dfc, DynamicFrameCollection):
            raise TypeError(f"SelectFromCollection takes a DynamicFrameCollection, not a {type(dfc).__name__}")
        return dfc.select(key, transformation_ctx)


class Filter(GlueTransform):
    """See DynamicFrame.filter."""

    def __call__(self, frame, f, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0):
        return frame.filter(f, transformation_ctx)


class Map(GlueTransform):
    """See DynamicFrame.map."""

    def __call__(
        self, frame, f, preservesPartitioning=False, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0
    ):
        return frame.map(f, preservesPartitioning, transformation_ctx)


class DropNullFields(GlueTransform):
    """Drops the columns of the null type, which are those of JSON that are null in every record."""

    def __call__(self, frame, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0):
        found = [f"`{name}`" for name in null_fields(frame.toDF())]
        return frame.drop_fields(found, transformation_ctx)


class Relationalize(GlueTransform):
    """See DynamicFrame.relationalize."""

    def __call__(
        self,
        frame,
        staging_path=None,
        name="roottable",
        options=None,
        transformation_ctx="",
        info="",
        stageThreshold=0,
        totalThreshold=0,
    ):
        return frame.relationalize(name, staging_path, options or {}, transformation_ctx)


class UnnestFrame(GlueTransform):
    """See DynamicFrame.unnest."""

    def __call__(self, frame, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0):
        return frame.unnest(transformation_ctx)


class SplitFields(GlueTransform):
    """See DynamicFrame.split_fields."""

    def __call__(
        self, frame, paths, name1=None, name2=None, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0
    ):
        return frame.split_fields(paths, name1 or "frame1", name2 or "frame2", transformation_ctx)


class MapToCollection(GlueTransform):
    """See DynamicFrameCollection.map."""

    def __call__(self, dfc, callable, transformation_ctx=""):
        return dfc.map(callable, transformation_ctx)


def _unsupported(name: str) -> type[GlueTransform]:
    return type(name, (GlueTransform,), {"__doc__": "Not supported by the stand-in."})


FlatMap, Spigot, Unbox = map(_unsupported, ("FlatMap", "Spigot", "Unbox"))
SplitRows, ErrorsAsDynamicFrame = map(_unsupported, ("SplitRows", "ErrorsAsDynamicFrame"))
_OURS = ("Any", "DynamicFrameCollection", "message", "null_fields")
__all__ = [name for name in dir() if not name.startswith("_") and name not in _OURS]
