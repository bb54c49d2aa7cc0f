"""DynamicFrame: a DataFrame with Glue's methods."""

from typing import Any

from pyspark.sql import DataFrame

from awsglue import frame_operations as operations
from awsglue.schemas import glue_schema, tree
from awsglue.unsupported import unsupported
from local_glue.job.frames import choices, mapping, relational, rows
from local_glue.job.options import refuse


class DynamicFrame:
    """A frame. Unlike Glue's, its schema is known from the start; only columns of plain values can be choices."""

    def __init__(self, jdf, glue_ctx, name=""):
        # Glue passes a Java frame here, the stand-in a DataFrame; scripts use fromDF.
        self._frame: DataFrame = jdf
        self.glue_ctx = glue_ctx
        self.name = name

    @classmethod
    def fromDF(cls, dataframe, glue_ctx, name=""):
        """A DynamicFrame of a DataFrame."""
        if not isinstance(dataframe, DataFrame):
            raise TypeError(f"DynamicFrame.fromDF takes a DataFrame, not a {type(dataframe).__name__}")
        return cls(choices.unmarked(dataframe), glue_ctx, name)

    def toDF(self, options=None):
        """The DataFrame; a choice is a struct in it, with a field for each type."""
        refuse("DynamicFrame.toDF", options=options)
        return choices.unmarked(self._frame)

    def schema(self):
        """The schema, in the types of awsglue.gluetypes."""
        return glue_schema(self._frame.schema)

    def printSchema(self):
        """Prints the schema."""
        print("\n".join(["root", *tree(self.schema())]))  # noqa: T201 (as the name says)

    def show(self, num_rows=20):
        """Prints rows."""
        self._frame.show(num_rows, truncate=False)

    def count(self):
        """The number of rows."""
        return self._frame.count()

    def getNumPartitions(self):
        """The number of partitions."""
        return self._frame.rdd.getNumPartitions()

    def repartition(self, num_partitions, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0):
        """The rows in this number of partitions."""
        return self._with(self._frame.repartition(num_partitions), transformation_ctx)

    def coalesce(
        self, num_partitions, shuffle=False, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0
    ):
        """The rows in at most this number of partitions."""
        fewer = self._frame.repartition(num_partitions) if shuffle else self._frame.coalesce(num_partitions)
        return self._with(fewer, transformation_ctx)

    def select_fields(self, paths, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0):
        """Only the named columns; unknown names are ignored, as in Glue."""
        return self._with(operations.select_fields(self._frame, paths), transformation_ctx)

    def drop_fields(self, paths, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0):
        """All but the named columns."""
        return self._with(operations.drop_fields(self._frame, paths), transformation_ctx)

    def rename_field(self, oldName, newName, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0):
        """One column under another name."""
        return self._with(operations.rename_field(self._frame, oldName, newName), transformation_ctx)

    def apply_mapping(
        self, mappings, case_sensitive=False, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0
    ):
        """Columns by (source, source type, target, target type) or (source, target)."""
        return self._with(mapping.apply_mapping(self._frame, mappings, case_sensitive), transformation_ctx)

    def applyMapping(self, *args, **kwargs):
        """See apply_mapping."""
        return self.apply_mapping(*args, **kwargs)

    def join(self, paths1, paths2, frame2, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0):
        """The inner join on equal columns; a name in both frames gets a leading dot in the second, as in Glue."""
        return self._with(operations.join(self._frame, paths1, paths2, frame2._frame), transformation_ctx)

    def union(self, other_frame, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0):
        """The rows of both, columns by name."""
        both = self._frame.unionByName(other_frame._frame, allowMissingColumns=True)
        return self._with(both, transformation_ctx)

    def resolveChoice(
        self,
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
        """Resolves columns by `specs` [(column, action)], or all choices by `choice`; see frames.choices.resolve.

        The action match_catalog casts all choices to the types of a table of the Data Catalog.
        """
        return self._with(
            operations.resolve_choice(self._frame, specs, choice, database, table_name, catalog_id), transformation_ctx
        )

    def filter(self, f, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0):
        """The records for which `f` is true; an error in `f` ends the run."""
        return self._with(rows.filtered(self._frame, f), transformation_ctx)

    def map(self, f, preservesPartitioning=False, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0):
        """What `f` makes of the records; an error in `f` ends the run."""
        return self._with(rows.mapped(self._frame, f), transformation_ctx)

    def relationalize(
        self,
        root_table_name,
        staging_path,
        options={},
        transformation_ctx="",
        info="",
        stageThreshold=0,
        totalThreshold=0,
    ):
        """A collection of flat tables, one for the root and one for each array; nothing is staged here."""
        refuse("relationalize", options=options)
        operations.check_staging(staging_path)
        tables = relational.relationalized(self._frame, root_table_name)
        frames = {name: DynamicFrame(table, self.glue_ctx, name) for name, table in tables.items()}
        return DynamicFrameCollection(frames, self.glue_ctx)

    def unnest(self, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0):
        """The frame with a column for each field of a struct; arrays stay."""
        return self._with(relational.unnested(self._frame), transformation_ctx)

    def split_fields(self, paths, name1, name2, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0):
        """A collection of two frames: the named columns, and the others."""
        frames = {
            name1: self._with(operations.select_fields(self._frame, paths), name1),
            name2: self._with(operations.drop_fields(self._frame, paths), name2),
        }
        return DynamicFrameCollection(frames, self.glue_ctx)

    def write(
        self,
        connection_type,
        connection_options={},
        format=None,
        format_options={},
        accumulator_size=0,
    ):
        """See GlueContext.write_dynamic_frame_from_options."""
        return self.glue_ctx.write_dynamic_frame_from_options(
            self, connection_type, connection_options, format, format_options
        )

    def errorsCount(self):
        """Always 0: a row that cannot be read is an error in the stand-in."""
        return 0

    def stageErrorsCount(self):
        """Always 0."""
        return 0

    def _with(self, frame: DataFrame, name: str) -> "DynamicFrame":
        return DynamicFrame(frame, self.glue_ctx, name or self.name)


unsupported(
    DynamicFrame,
    *("with_frame_schema", "mapPartitions", "mapPartitionsWithIndex", "unbox", "split_rows", "spigot"),
    *("unnest_ddb_json", "simplify_ddb_json", "mergeDynamicFrame", "errorsAsDynamicFrame"),
    "assertErrorThreshold",
)


class DynamicFrameCollection:
    """Frames by name."""

    def __init__(self, dynamic_frames, glue_ctx):
        self._frames: dict[str, DynamicFrame] = dict(dynamic_frames)
        self._glue_ctx = glue_ctx

    def __getitem__(self, key):
        return self._frames[key]

    def __len__(self):
        return len(self._frames)

    def keys(self):
        """The names."""
        return self._frames.keys()

    def values(self):
        """The frames."""
        return self._frames.values()

    def select(self, key, transformation_ctx=""):
        """One frame."""
        if key not in self._frames:
            raise KeyError(f"no frame '{key}' in the collection, only {', '.join(self._frames)}")
        return self._frames[key]

    def map(self, callable, transformation_ctx=""):
        """A collection of the results of a function (frame, ctx)."""
        return self._collection({name: callable(f, f"{transformation_ctx}{name}") for name, f in self._frames.items()})

    def _collection(self, frames: dict[str, Any]) -> "DynamicFrameCollection":
        return DynamicFrameCollection(frames, self._glue_ctx)


unsupported(DynamicFrameCollection, "flatmap")

from awsglue.readwrite import DynamicFrameReader, DynamicFrameWriter  # noqa: E402

__all__ = ["DynamicFrame", "DynamicFrameCollection", "DynamicFrameReader", "DynamicFrameWriter"]
