"""glueContext.create_data_frame."""

from awsglue.readwrite import Reader


class DataFrameReader(Reader):
    """Sources as DataFrames."""

    kind = "data_frame"
