"""What GlueContext's create_… and write_… attributes offer; of DynamicFrames, here."""


class Reader:
    """Sources as the kind of frame that a subclass names."""

    kind: str

    def __init__(self, glue_context):
        self._glue_context = glue_context

    def from_options(
        self,
        connection_type,
        connection_options={},
        format=None,
        format_options={},
        transformation_ctx="",
        push_down_predicate="",
        **kwargs,
    ):
        """See GlueContext.create_dynamic_frame_from_options."""
        create = getattr(self._glue_context, f"create_{self.kind}_from_options")
        return create(
            connection_type,
            connection_options,
            format,
            format_options,
            transformation_ctx,
            push_down_predicate,
            **kwargs,
        )

    def from_catalog(
        self,
        database=None,
        table_name=None,
        redshift_tmp_dir="",
        transformation_ctx="",
        push_down_predicate="",
        additional_options={},
        catalog_id=None,
        **kwargs,
    ):
        """See GlueContext.create_dynamic_frame_from_catalog."""
        create = getattr(self._glue_context, f"create_{self.kind}_from_catalog")
        return create(
            database,
            table_name,
            redshift_tmp_dir,
            transformation_ctx,
            push_down_predicate,
            additional_options,
            catalog_id,
            **kwargs,
        )


class DynamicFrameReader(Reader):
    """Sources as DynamicFrames."""

    kind = "dynamic_frame"

    def from_rdd(self, data, name, schema=None, sampleRatio=None):
        """See GlueContext.create_dynamic_frame_from_rdd."""
        return self._glue_context.create_dynamic_frame_from_rdd(data, name, schema, sampleRatio)


class Writer:
    """Sinks for the kind of frame that a subclass names."""

    kind: str

    def __init__(self, glue_context):
        self._glue_context = glue_context

    def from_catalog(
        self,
        frame,
        database=None,
        table_name=None,
        redshift_tmp_dir="",
        transformation_ctx="",
        additional_options={},
        catalog_id=None,
        **kwargs,
    ):
        """See GlueContext.write_dynamic_frame_from_catalog."""
        write = getattr(self._glue_context, f"write_{self.kind}_from_catalog")
        return write(
            frame, database, table_name, redshift_tmp_dir, transformation_ctx, additional_options, catalog_id, **kwargs
        )


class DynamicFrameWriter(Writer):
    """Sinks for DynamicFrames."""

    kind = "dynamic_frame"

    def from_options(
        self,
        frame,
        connection_type,
        connection_options={},
        format=None,
        format_options={},
        transformation_ctx="",
    ):
        """See GlueContext.write_dynamic_frame_from_options."""
        return self._glue_context.write_dynamic_frame_from_options(
            frame, connection_type, connection_options, format, format_options, transformation_ctx
        )

    def from_jdbc_conf(
        self,
        frame,
        catalog_connection,
        connection_options={},
        redshift_tmp_dir="",
        transformation_ctx="",
    ):
        """See GlueContext.write_dynamic_frame_from_jdbc_conf."""
        return self._glue_context.write_dynamic_frame_from_jdbc_conf(
            frame, catalog_connection, connection_options, redshift_tmp_dir, transformation_ctx
        )
