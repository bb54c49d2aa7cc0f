"""glueContext.write_data_frame."""


class DataFrameWriter:
    """Sinks for DataFrames."""

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
        """See GlueContext.write_data_frame_from_catalog."""
        return self._glue_context.write_data_frame_from_catalog(
            frame, database, table_name, redshift_tmp_dir, transformation_ctx, additional_options, catalog_id, **kwargs
        )
