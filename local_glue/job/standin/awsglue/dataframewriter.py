"""glueContext.write_data_frame."""

from awsglue.readwrite import Writer


class DataFrameWriter(Writer):
    """Sinks for DataFrames."""

    kind = "data_frame"
